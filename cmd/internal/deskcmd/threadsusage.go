// SPDX-License-Identifier: Apache-2.0

package deskcmd

const threadsUsage = `tamizdat desk threads [--dir D] [WHO] [--json]

Lists who wrote, with how many letters and what is to be done about them. WHO shows
one thread: its letters in order, what was answered and noted, and letters that opened
at a colleague's desk and not here. WHO is a sender's three words, the beginning of the
thread's name, or a letter of it.

Colleagues share threads: what one sets or notes comes to all within hours, with
what their desks send anyway. The drop learns nothing by it.
`

const threadUsage = `tamizdat desk thread set [--dir D] WHO FIELD=VALUE…
tamizdat desk thread note [--dir D] WHO
tamizdat desk thread put [--dir D] [WHO] ITEM
tamizdat desk thread join [--dir D] A B --reason TEXT
tamizdat desk thread part [--dir D] A B --reason TEXT

set    state=new, reading, in-work or closed; assigned=NAME of a colleague;
       tags=a,b,c; deadline=2026-03-06; next-contact=2026-03-06, the day for which
       the source promised to write. An empty value takes it back
note   adds a text that colleagues read, from standard input; it stays
put    puts something that was taken in (tamizdat desk items) into the thread; without
       WHO it takes it out again
join   takes two senders for one hand, by your judgement and for a reason that
       colleagues see. A and B are their three words, or a letter of each
part   takes them apart again
`

const explainUsage = `tamizdat desk explain [--dir D] LETTER --why TEXT

Writes down, for all colleagues, why their desks found different things in a letter,
or why it opened at some desks only. Until then it is doubtful: the source may have
left somebody out, the drop may have, or somebody plays you off against each other.
Compare by voice first.
`

const choicesUsage = `tamizdat desk choices [--dir D] [--json]

Lists what colleagues set differently without knowing of each other. What the latest
of them gave is shown until somebody sets it again.
`
