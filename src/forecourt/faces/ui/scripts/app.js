// What every page of ours can do; each part works on markup alone and leaves pages without it untouched.
import { watchAccount } from "./account.js";
import { watchDrafts } from "./drafts.js";
import { followLiveUpdates } from "./live.js";
import { watchConnection } from "./offline.js";
import { watchPieces } from "./pieces.js";
import { watchKeyboard } from "./keyboard.js";
import { watchSteps } from "./steps.js";
import { watchPasskeys } from "./passkeys.js";
import { watchToasts } from "./toasts.js";
import { watchWords } from "./words.js";

document.documentElement.classList.add("has-script");
watchAccount();
watchDrafts(); // before the toasts: a piece that it answers for is no fault
watchToasts();
watchPieces();
watchKeyboard();
watchSteps();
watchConnection();
watchPasskeys();
watchWords();
followLiveUpdates();
