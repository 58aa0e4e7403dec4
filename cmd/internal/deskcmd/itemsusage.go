// SPDX-License-Identifier: Apache-2.0

package deskcmd

const addUsage = `tamizdat desk add [--dir D] FILE --how TEXT [--json]

Takes in a file that came by another way than the drop: an e-mail, a scan, an
export of a messenger. TEXT says which way, in a line, such as "e-mail to the
desk" or "stick, from hand to hand". The file is hashed and sealed as it is,
before anything reads it; that it came to you, and in which week, is written
down with the hash.

Of a file whose name ends in .eml the header and the plain text are read (or the
words of the HTML, where there is no other), and attachments copied out, each with
a hash of its own. No attachment is opened, and nothing is fetched. Of any other file nothing is read. FILE itself stays where it
is, readable by whoever has this disk: delete it if nobody else should find it.
`

const noteUsage = `tamizdat desk note [--dir D] --how TEXT [--json]

Takes in a note of a call or a meeting. TEXT says what it was, in a line. The note
comes from standard input, after the line with the passphrase where that comes
from there too. In a terminal you type it; a line with a single dot, or Ctrl-D,
ends it.
`

const itemsUsage = `tamizdat desk items [--dir D] [ID] [--json] [--to FOLDER]

Lists what was taken in, by you or a colleague, oldest first: the name by which this
command knows it, week, who took it in and how it came. Colleagues' desks tell what
they took in, with its hash, within hours; the file stays where it is. With ID, which may be the beginning of a
name, it shows one with what could not be read and each step of its custody. What
a mail says of itself is a claim.

--to   copies the original and the attachments into FOLDER, which is made if it
       is not there. Names are made safe, nothing is overwritten. What lies there
       is no longer encrypted, and the files are a stranger's: they can harm this
       machine and betray, when opened, where you are
`

const custodyUsage = `tamizdat desk custody [--dir D] ITEM [FILE] --step TEXT [--how TEXT]

Writes down, for all colleagues, that you did something with what was taken in, or with
a copy of it, such as --step "translated" --how "by hand". FILE is what came out of it:
its SHA-256 is written down beside that of ITEM; the file itself is not taken in. By
whom and when is added. It is never changed.
`
