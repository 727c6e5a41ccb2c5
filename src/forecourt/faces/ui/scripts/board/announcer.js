// Says what happens on the board, to the ear and in the message line. Words come from the board's data attributes.
export class Announcer {
  constructor(board) {
    this.words = board.dataset;
    this.ear = document.getElementById("board-ear");
    this.line = document.getElementById("board-message");
  }

  say(name, values = {}) {
    if (this.ear) this.ear.textContent = this.phrase(name, values);
  }

  phrase(name, values = {}) {
    const words = this.words[`text${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
    return words.replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
  }

  show(content) {
    if (!this.line) return;
    this.line.replaceChildren(content);
    this.line.scrollIntoView({ block: "nearest" });
  }

  clear() {
    this.line?.replaceChildren();
  }
}
