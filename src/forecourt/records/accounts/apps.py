from forecourt.runtime.context import Context


class Accounts(Context):
    name = "forecourt.records.accounts"
    label = "accounts"
