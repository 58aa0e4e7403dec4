// SPDX-License-Identifier: Apache-2.0

package sourcecmd

import (
	"errors"
	"strconv"
	"strings"

	"tamizdat/internal/cli"
	"tamizdat/letter"
	"tamizdat/source"
)

const day = "2 January 2006"

// explain adds the advice that an alarm carries.
func explain(err error) error {
	if a, ok := errors.AsType[*source.Alarm](err); ok && a.Hint != "" {
		return cli.WithHint(err, a.Hint)
	}
	return err
}

func showNewsroom(env *cli.Env, n *source.Newsroom) {
	check := n.CheckWords()
	env.Printf("newsroom:    %s\n", n.Name)
	env.Printf("journalists: %s\n", strings.Join(n.Journalists, ", "))
	env.Printf("list of:     %s (number %d)\n", n.Issued.Format(day), n.Roster)
	env.Printf("check words: %s\n", strings.Join(check[:], " "))
	env.Printf("             (of the list %q, as are all words here)\n", lists()[0].Name())
}

// showMail prints what was found, or that nothing was.
func showMail(env *cli.Env, m *source.Mail) {
	if m.Empty() {
		env.Printf("\n%s\n", source.NothingForWords)
		return
	}
	for _, msg := range m.Messages {
		showMessage(env, &msg)
	}
	for _, g := range m.Gaps {
		env.Printf("\nmissing: %s\n", describeGap(&g, m.Week))
	}
	showReceived(env, m.Received)
	for _, w := range m.Warnings() {
		env.Printf("\nwarning: %s\n", w.Told)
	}
}

func showMessage(env *cli.Env, m *source.Message) {
	env.Printf("\n%s, message %d, %s\n", m.AuthorName, m.Number, m.Date().Format(day))
	if m.Old {
		env.Printf("%s\n", source.OldReply)
	}
	if m.SenderName != m.AuthorName {
		env.Printf("sent by %s for %s\n", m.SenderName, m.AuthorName)
	}
	if m.Contradicted {
		env.Printf("there is another message of this number with another text\n")
	}
	env.Text("  | ", m.Text)
}

func describeGap(g *source.Gap, week bool) string {
	s := "message " + strconv.FormatUint(g.From, 10) + " by " + g.AuthorName + " is not in the log"
	if g.To > g.From {
		s = "messages " + strconv.FormatUint(g.From, 10) + " to " + strconv.FormatUint(g.To, 10) + " by " + g.AuthorName + " are not in the log"
	}
	if week {
		return s + " of the last seven days"
	}
	return s
}

func showReceived(env *cli.Env, received []source.Received) {
	if len(received) == 0 {
		return
	}
	env.Printf("\nletters of yours that the newsroom has received:\n")
	for _, r := range received {
		env.Printf("  %s  in the week of %s\n", r.Label, source.Monday(r.Week).Format(day))
	}
	env.Printf("a letter of yours that is missing here, and older than the newest message by some days, did not arrive\n")
}

// showNewWords says why the next letter should come from somebody new.
func showNewWords(env *cli.Env) {
	env.Printf("\nIf you write again, better take new words (tamizdat-source new) and say in the letter\n" +
		"that you wrote before. Whoever ever gets hold of these twelve can read every reply that\n" +
		"was sent to them; new ones have no past.\n")
}

func decimal(n int) string { return strconv.Itoa(n) }

// wordsIn are twelve words as a person sees them, numbered in rows of four.
func wordsIn(w *letter.Words) string {
	var b strings.Builder
	for i, word := range strings.Fields(w.In(lists()[0])) {
		n := strconv.Itoa(i + 1)
		b.WriteString(strings.Repeat(" ", 4-len(n)) + n + " " + word + strings.Repeat(" ", max(1, 12-len(word))))
		if i%4 == 3 {
			b.WriteString("\n")
		}
	}
	return b.String()
}
