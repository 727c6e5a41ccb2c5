"""Files that are fetched: from a watched folder, an SFTP server or an https address, by a plan, each one once."""
