// SPDX-License-Identifier: Apache-2.0

package deskcmd

const usage = `tamizdat desk is one journalist's side of a newsroom.

  --dir D             the desk's folder, for every command. Otherwise the one that
                      this system has for a person's data: on Linux
                      ~/.local/share/tamizdat/desk
  --socks HOST:PORT   where Tor listens. Without it Tor is looked for at
                      127.0.0.1:9050 and at Tor Browser's 127.0.0.1:9150; where
                      it does not run, the program tor is started. HOST is this
                      machine: 127.0.0.1

Founding a newsroom:
  init                set up this desk
  request             write your request to be listed, and see its six words
  found               draft a newsroom of you and your colleagues
  sign                look at a draft and sign it
  publish             hand a draft that enough have signed to the drop
  join                make a newsroom yours

Every day:
  unlock              give the desk that runs in the background its passphrase
  run                 keep watch and answer on the schedule, until stopped
  sync                one look now; sends only what is due anyway
  status              how things stand
  list, read, search  letters
  save                copy a letter's attachments out
  reply               answer a letter, on the schedule
  add, note, items    what came by mail, on paper or by word
  custody             what was done with it since
  threads, thread     who wrote, and what colleagues share about it
  explain, choices    what desks found or set differently
  case                the register of claims that desks share
  aside               what counts for nobody until somebody takes it over
  export              write a thread into an archive
  history make, take  a file for a newcomer, or for one who was away

Now and then:
  renew               make and post the keys that are due
  roster propose      draft the next list of journalists
  leaving             what somebody who leaves still has
  editors             keys with which this newsroom's people sign editions
  edition make, sign, check
                      prepare what is to be printed, and look at it again later
  contact             make the page and cards that tell sources how to write
  passphrase          change the passphrase
  shares make, check  papers that stand in for a passphrase that is forgotten
  backup, restore     an encrypted copy of this desk, and a desk from it
  restored            say that this folder came back from a copy that is no backup

desk.conf in ~/.config/tamizdat (or what this system has for it; --config FILE
names another) may say "dir", "socks", "fetch" and "covers", one name and value a
line.
"tamizdat desk help COMMAND" tells more. Where standard input is not a terminal,
its first line is the passphrase.
`

const initUsage = `tamizdat desk init --dir D --name NAME

Sets up a desk in the folder D, which must be empty or absent, and asks for a
passphrase. NAME is what colleagues and sources will read. Everything in the
folder is encrypted; without the passphrase nobody opens it, you neither.
`

const requestUsage = `tamizdat desk request [--dir D] [--name NAME] [--out FILE]

Writes your request to be listed in a newsroom and shows its six words. Send the
file to the colleague who founds or changes the newsroom; read the words aloud
where your voice is known. The file is not secret. Where there is no desk yet,
--name sets one up first; NAME is what colleagues and sources will read. (-o is
short for --out.)
`

const signUsage = `tamizdat desk sign [--dir D] DRAFT [--yes] [--publish]

Shows what a draft would do: who joins, who leaves, what changes. After a yes it
adds your signatures to the file. --publish then hands it to the drop at once,
for the last who has to sign. --yes is for scripts.
`

const unlockUsage = `tamizdat desk unlock [--dir D]

Gives the desk that runs in the background its passphrase. The passphrase goes
over a socket in your own runtime folder to the program that waits there, and
nowhere else. The desk locks itself after a sleep of the machine or when it was not
used for long (see run). To lock it now: systemctl --user restart tamizdat-desk
`

const publishUsage = `tamizdat desk publish --dir D DRAFT [--socks HOST:PORT]

Hands a draft that enough have signed to the drop, and makes it yours. The other
desks learn of a change from the drop at their next look; of a founding from the
draft (join).
`

const syncUsage = `tamizdat desk sync --dir D [--fetch MIB] [--socks HOST:PORT]

One look at the drop now. It writes, and fetches of attachments, only what is due
by the schedule anyway, so that nothing you do shows in what you send. --fetch is
that of "tamizdat desk run".
`

const statusUsage = `tamizdat desk status --dir D [--json] [--seen]

How things stand: roster, keys, whether the drop answers, logs, letters, alarms and
what to do about them. --seen takes note of the alarms; they are kept with what
proves them.
`

const listUsage = `tamizdat desk list --dir D [--json]

Lists the letters, oldest first: a star for what was not read, the name by which
the other commands know it, week, sender (three words in place of a name), the
label that the source saw when sending, and how it begins.
`

const readUsage = `tamizdat desk read [--dir D] [ID] [--json]

Shows a letter. ID is its name in the list, or the beginning of it. Without ID
it is the oldest that was not read here, or else the newest.
`

const renewUsage = `tamizdat desk renew --dir D [--socks HOST:PORT]

Makes the keys of the current and the next two periods and posts what the drop
does not have. A desk that runs does this by itself.
`

const editorsUsage = `tamizdat desk editors --dir D [--json]

Shows the keys with which the people of this newsroom sign editions, one a line,
for "tamizdat press init --editor".
`

const passphraseUsage = `tamizdat desk passphrase [--dir D] [--shares]

Changes the passphrase. Old copies of the folder still open with the old one.

--shares  for a passphrase that is forgotten: asks for recovery shares in its
          place. They stay good
`

const sharesUsage = `tamizdat desk shares make [--dir D] [--need K] [--of N] [--yes]
tamizdat desk shares check [--dir D]

make prints N papers (3, if you do not say) of which any K (2) together set a new
passphrase for this desk, here or from a backup; fewer tell nothing. Each paper is
32 words and the same words as a QR code. They are shown once and stored nowhere:
print them at once ("tamizdat desk shares make | lp") or copy them by hand, and
give each to another person.

Papers that were made before open this folder no more. An older copy of it, or an
older backup, still opens with them, and whoever opens one that way can read this
folder too: have the old papers burnt, and old backups deleted.

check tries one paper: its words, and whether it belongs to this folder. Nothing is
opened. Words may be typed in any letter case, with numbers or without, whole or
cut to four letters.

--yes  for scripts: do not ask before old shares are voided
`

const backupUsage = `tamizdat desk backup [--dir D] FILE

Writes an encrypted copy of this desk into the new file FILE, and reads it back. A
desk that runs may go on running. FILE opens with the passphrase of today and with
the recovery shares of today, whatever becomes of them later.

Not in it: the keys of the current weeks, so that a stolen backup opens no letter
that you had not read. What you delete later stays in older backups: delete them.
`

const restoreUsage = `tamizdat desk restore FILE [DIR] [--shares]

Makes the folder DIR, which must be empty or absent, the desk that FILE is a backup
of. Without DIR it is the desk's usual folder. Asks for the passphrase that the desk
had then.

--shares  asks for recovery shares in its place, and then for a new passphrase

The desk knows that it came back: its answers are numbered anew, and it shows
letters when it has looked at the drop once. The old one must not run again.
`

const restoredUsage = `tamizdat desk restored [--dir D] [--as-it-is]

Say this once after the folder came back from a copy that is no backup (a desk that
was restored from a backup knows it), before anything is sent: your answers are then
numbered anew. The copy cannot know which numbers you used after it was made. Until
it has looked at the drop once, the desk shows no letters.

--as-it-is  show the letters as they were when the copy was made, for one whose
            drop is gone for good
`

const foundUsage = `tamizdat desk found [--dir D] --name NAME --drop LINE [--me NAME] [--threshold N]
                    [--schedule default|trial|fast] [--log-key VKEY] [--yes] [--out DRAFT] REQUEST...

Drafts a newsroom of this desk and the colleagues whose request files are given,
and signs the draft. Where there is no desk yet, --me sets one up first, in your
name. LINE is what the drop printed when it was installed.

For each request you see six words (in English). Call the colleague, on a line
where you know the voice, and have them read theirs aloud. If they differ,
somebody has put himself in between: do not go on. --yes says for a script that
this was done.

--drop          the drop's line; or its address alone (also --address), with
                --drop-key HEX and --incarnation HEX
--threshold     how many must sign what the newsroom is (usually 2)
--schedule      default: pages of letters every hour, of replies every six hours.
                trial: every 20 and 30 seconds; fast: every 2 and 3, too fast for
                Tor. Only for trying it out: a source's safety rests on slow pages.
--out           the file to write; without it, the newsroom's name and .draft

The draft goes to the colleagues as a file. Each looks at it and signs it with
"tamizdat desk sign"; the last one adds --publish. This desk makes the newsroom
its own by itself, as soon as the drop shows it.
`

const joinUsage = `tamizdat desk join --dir D DRAFT
tamizdat desk join --dir D --drop URL --newsroom KEY [--socks HOST:PORT]

Makes a newsroom this desk's. From a draft that enough have signed, or from the
drop; then get the newsroom's key (tamizdat1…) from a colleague by another way.
`

const proposeUsage = `tamizdat desk roster propose --dir D [--add REQUEST] [--expel NAME] [--renew]
                             [--new-logs | --drop LINE] --out DRAFT [--yes]

Drafts the next roster: valid for 60 days from now, with a fresh seed for the
desks. It then goes from desk to desk like a founding: sign, publish.

--add     a colleague's request file; compare the six words aloud
--expel   take somebody out. Letters are no longer sealed to them and later
          replies of theirs do not count. What they have on their laptop stays
          theirs: every letter they opened, and until the end of the current
          key period those that come in with their keys.
--renew   only prolong what is there
--new-logs  for a drop that lost pages and holds: it begins empty logs. Save
          attachments first that you still need. Answers that nobody has
          followed up are written again; letters that no desk has read are lost
--drop    move to the drop whose line (of tamizdat-drop init) this is. Sources
          must be told its address. With the key that the drop has now, only the
          address changes
`

const runUsage = `tamizdat desk run [--dir D] [--background] [--lock-after TIME]
                  [--fetch MIB] [--covers N] [--socks HOST:PORT]

Keeps watch until it is stopped: looks at the drop, writes what is due, makes and
destroys keys. It says nothing but "something arrived" and what is wrong; read
with the other commands, which can be used beside it. Where one of them holds the
folder too long, a look is left out and not made up for: nothing you do here shows
in what you send.

--background waits for the passphrase at a socket in your runtime folder, which
"tamizdat desk unlock" brings; then, if need be, until this desk belongs to a
newsroom. So the service does that comes with the package.

The desk locks itself, and asks for the passphrase again, after this machine was
asleep, as when the lid was closed, and when no other command has used the desk for
12 hours. --lock-after names another time, such as 90m; 0 for never. Where nobody
can be asked (standard input is no terminal), it ends.

--fetch   how many MiB of attachments are fetched a day, in equal parts at each look:
          those of letters that opened here first, others at random for the rest,
          which are thrown away. 256, if you do not say. All desks of a newsroom
          should have the same; do not change it because of a letter
--covers  how often a day, on average, this desk comes as a source does, and now and
          then leaves a letter that nobody can open: cover for the real ones. 4, if
          you do not say; 0 for never. The moments are drawn and have nothing to do
          with yours. One visit downloads about 8 MB

Both can stand in desk.conf, as "fetch" and "covers".
`

const saveUsage = `tamizdat desk save --dir D ID --to FOLDER [--now]

Copies the attachments of a letter into FOLDER, which is made if it is not
there. Names are made safe, nothing is overwritten. The originals stay sealed in
the desk's folder. What lies in FOLDER is no longer encrypted, and the files are
a stranger's: they can harm this machine and betray, when opened, where you are.

A desk that runs fetches attachments by itself, the same number of pieces a day
whether it needs any or not ("tamizdat desk help run"); "tamizdat desk read" tells
how many of a letter's are here.

--now  fetch at once what has not come yet. The drop then learns that a desk wants
       just these pieces, at this moment: which of the uploads that it saw was
       worth opening, and when you work
`

const replyUsage = `tamizdat desk reply --dir D ID

Queues an answer to whoever wrote the letter. The text comes from standard input,
after the line with the passphrase where that comes from there too. In a terminal
you type it; a line with a single dot, or Ctrl-D, ends it, and you are shown it
before it is queued.

It is not sent now: desks write to the drop at moments drawn beforehand, with or
without something to say. Do not quote the letter: whoever gets hold of the
source's twelve words reads every answer ever sent to them.
`

const editionUsage = `tamizdat desk edition make --dir D --origin LOG --series SLUG [--series-name NAME] --number N
                   --lang LANG --title TITLE (--letter ID | --original FILE | --no-original)
                   [--translation LANG=FILE]... [--credit ROLE=NAME]...
                   [--verified LANG=TEXT]... [--claimed LANG=TEXT]... [--published DAY] --out FILE
                   [[--case LOG --by NAME] [--claim ID]... [--estimate ID]... [--question ID]...]
tamizdat desk edition sign --dir D FILE [--case LOG] [--yes]
tamizdat desk edition check FILE [--dir D | --case LOG] [--json]

make freezes a letter with its translations into a new file, for nobody else to
read, that has no place for a sender, a channel, a time or a file name. What it shows is all that becomes
public. Read it for what only the sender could have written.

--origin        name of the press's log, such as lamp.example/log
--letter        take the text of a letter of this desk as it came, spaces tidied
--original      or take it from a file
--translation   first line the title, an empty line, then the text, with as many
                paragraphs as the original
--credit        translator, editor, fact-checker or publisher
--verified, --claimed   a statement in your own words: checked by you, or made by
                the letter only
--case          take statements from a LOG (tamizdat case), and note there, in the
                name of --by, what stands behind which. Without it they come from
                the register of the desks (tamizdat desk case). Each thing is
                chosen; there is no "all". What may not leave is refused with the
                reason, and then nothing is made
--claim         its sentence, how sure you are, how many origins it has, who said
                it first and who denies it
--estimate      a number; those that measure the same stand in one statement,
                which says if the sources disagree
--question      its newest frozen week: number, words, confidence, and since when
                it moved and why

sign shows the whole edition and adds this desk's signature. Two people must
sign; any change voids both signatures. FILE then goes to "tamizdat press take".
sign and check tell what has changed since the edition was made, in LOG or in the
register of the desks; its statements stay as they are. sign refuses if a claim in
it has fallen.

Exit status of check: 0 nothing has changed, 1 something has, 2 wrong use.
`
