// SPDX-License-Identifier: Apache-2.0

package deskcmd

const historyUsage = `tamizdat desk history make [--dir D] --for NAME FILE [--thread WHO]... [--all-letters] [--json]
tamizdat desk history take [--dir D] FILE [--json]

make   writes a file that only NAME's desk opens: for a newcomer, once the list of
       journalists names her, and for a colleague who was away for longer than the
       drop keeps what desks tell each other. In it is all that desks have told:
       who opened which letter, threads, notes, what was taken in. That goes only
       as a whole. Letters she reads only if you give them, and with them copies of
       what was put into their threads and lies at your desk:
       --thread WHO    those of one thread; once for each
       --all-letters   all
       Colleagues are told what you gave her. Attachments of letters are not in the
       file: she fetches them from the drop while it has them (tamizdat desk save).
take   takes such a file in. It changes nothing unless the file is whole. A letter
       that was given is shown as given by who gave it, and not as opened here

Hand FILE over in any way, and delete it on both sides when it was taken in: whoever
gets it, and one day NAME's laptop with its passphrase, reads it.
`

const asideUsage = `tamizdat desk aside [--dir D] [ID] [--json]

Lists what a colleague's desk wrote and what counts for nobody: where two desks wrote
under one name, all that either wrote from there on, because nobody can tell which is
the colleague's; and what one who has left wrote and nobody had heard of. It shows who,
when, and how it begins.

ID, the beginning of a name in the list, takes one over: from then on it counts for all,
as its author's, "taken over by" you. Ask the author by voice first, if you can. What a
desk found in letters cannot be taken over, nor who gave a letter: desks say that
themselves.
`
