// SPDX-License-Identifier: Apache-2.0

package casecmd

const usage = `tamizdat case: who said it first, how sure we are, how the risk moves.

CASE is a case file (JSON), or a LOG that "case new" began. Everything reads both;
what changes something takes a LOG and --by NAME. With --json the answer is for
programs.

  look
  tamizdat case load CASE [--into LOG --by NAME] [--leave-out ID.FIELD]…
                                                    read and check; add it to a log, all or
                                                    without fields that a rule refuses
  tamizdat case check CASE                          what breaks a rule or waits for a choice
  tamizdat case list CASE [KIND]                    the claims, or things of another kind
  tamizdat case show CASE ID                        one thing; a claim with its chain
  tamizdat case origins CASE [ID]                   how many origins, and why
  tamizdat case mutations CASE                      what was changed on the way (proposals)
  tamizdat case suggest CASE [--text DOCUMENT=FILE]…
                                                    relays and hops that may be missing; in
                                                    texts also quotations, common passages and
                                                    rare numbers
  tamizdat case hint CASE CLAIM [--against UTTERANCE]… [--choose 1–6 --reason TEXT --by NAME]
                                                    how far the evidence lets it be believed,
                                                    with every step; --choose sets the number
  tamizdat case ach CASE CLAIM CLAIM CLAIM…         rival claims against the evidence; of one
                                                    CLAIM, those that it contradicts
  tamizdat case ach CASE DOCUMENT [--found NUMBER]… a letter's five explanations against checks
  tamizdat case lanes CASE [--known-at DATE]        the numbers, and whether their sums add up
  tamizdat case pool CASE MEASURAND|ESTIMATE… [--weight ESTIMATE=NUMBER]… [--floor ESTIMATE]…
           [--about FACTOR]                         one range of several estimates, if asked and
                                                    of one measurand; with every step
  tamizdat case board CASE [QUESTION] [--today DATE] [--for NAME]
                                                    one row a question, or its weeks; closed
                                                    for a NAME that has given no number yet
  tamizdat case scores CASE                         how good the numbers were
  tamizdat case export CASE --as FORMAT [--out FILE] [--desk NAME] [--url URL] [--today DATE]
           claims.csv utterances.csv parties.csv …  without sources, letters and what
           xlsx claimreview prov annotations        few could know
           stix ftm
  tamizdat case report CASE [ID] [--out FILE]       a report in Markdown, its claims as footnotes
  tamizdat case study [--panel] [--out FILE]        the founding case, from published reporting;
                                                    or the numbers of an invented panel for it

  work
  tamizdat case new LOG --name NAME [--note TEXT] --by NAME
  tamizdat case mark LOG --from FILE --quote WORDS --kind KIND --speaker WHO
           [--text SENTENCE] [--at DATE] [--basis BASIS] [--held yes|no]
           [--document ID] [--title TITLE] [--id ID] --by NAME
                                                    a claim from a sentence of a letter
  tamizdat case add LOG KIND FIELD=VALUE… [--id ID] --by NAME
  tamizdat case set LOG ID FIELD=VALUE… [--append] --by NAME
  tamizdat case accept LOG KEY [--reason TEXT] [--text DOCUMENT=FILE]… --by NAME
  tamizdat case refuse LOG KEY [--reason TEXT] [--text DOCUMENT=FILE]… --by NAME
  tamizdat case report LOG [ID] --read FILE [--id ID] [--dry-run] --by NAME
                                                    take an edited page back; without ID, as new
  tamizdat case template KIND… [--out FILE]         an empty table to fill in, CSV or FILE.xlsx
  tamizdat case table CASE KIND… [--out FILE]       what the desk has, to work on and take back;
                                                    it holds what must not leave
  tamizdat case import LOG FILE [--kind KIND] [--map HEADER=COLUMN,…] [--mapping FILE]
           [--sheet NAME] [--keep-ids] [--dry-run] --by NAME
                                                    a filled table, CSV or XLSX: all of it, or
                                                    nothing; each wrong cell is named
  tamizdat case remove LOG ID --by NAME
  tamizdat case restore LOG ID --by NAME

  a week
  tamizdat case series LOG INDICATOR FILE [--dry-run] --by NAME
                                                    dated numbers (CSV date,value,known_at) for
                                                    lines drawn before; states are proposed
  tamizdat case forecast LOG QUESTION P [--because CAUSE]… [--on DATE]
           [--rationale TEXT] --by NAME             P is 5% or 0.05, or by the week
                                                    0.15%/week+5%; for a number
                                                    10%=90,50%=100,90%=115. A CAUSE is a
                                                    claim, a check, time_decay, base_rate
  tamizdat case assess LOG QUESTION --confidence low|moderate|high --assumptions TEXT
           --sourcing TEXT --argument TEXT [--week FRIDAY] [--text TEXT]
           [--reviewer NAME] --by NAME              freeze the week
  tamizdat case resolve LOG QUESTION YES|NO|AMBIGUOUS|ANNULLED|NUMBER [--at DATE]
           --document ID --by NAME                  when a second NAME says the same

Nothing is deleted: a log keeps every step, and each names the one before it.
docs/CLAIMS.md explains the words, the rules and the sums.
`
