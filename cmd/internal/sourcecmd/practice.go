// SPDX-License-Identifier: Apache-2.0

package sourcecmd

import (
	"context"
	"flag"
	"fmt"

	"tamizdat/internal/cli"
	"tamizdat/letter"
	"tamizdat/source"
)

const aboutPractice = `tamizdat-source practice --drop URL [--newsroom KEY | --check "W W W W"] [--socks HOST:PORT]

For a newsroom that has just been set up: sends one letter that says that it is
for practice, under twelve new words, and shows the words, so that the answer
can be read as a source would. To the drop it looks like any other letter.

Nothing is sent before the desk of each journalist has posted its keys. Never
use these words for anything else: they stand on your screen.
`

// practiceText says in the two languages that newsrooms are likeliest to share
// that nobody is in danger behind it.
const practiceText = `This is a practice letter. Nobody is behind it.
Это учебное письмо. За ним никого нет.

If you can read this, letters arrive. Answer it, and let whoever sent it read the answer with the twelve words that the program showed.
Если вы это читаете, письма доходят. Ответьте на него; тот, кто его послал, прочтёт ответ по двенадцати словам, которые показала программа.
`

func practiceCommand() *cli.Command {
	return &cli.Command{Name: "practice", Summary: "send a letter that says it is for practice", Usage: aboutPractice, Run: runPractice}
}

func runPractice(ctx context.Context, env *cli.Env, args []string) error {
	var e errand
	defer e.leave(env)
	if err := e.parse(flag.NewFlagSet("practice", flag.ContinueOnError), args); err != nil {
		return err
	}
	visit, err := e.visit(ctx, env)
	if err != nil {
		return err
	}
	if err := visit.MaySend(); err != nil {
		return explain(err)
	}
	if err := allThere(visit); err != nil {
		return err
	}
	return e.rehearse(ctx, env, visit, letter.NewWords())
}

// allThere refuses to practise while somebody's desk has posted no keys: the
// letter would arrive, and that one would look for it in vain.
func allThere(visit *source.Visit) error {
	for _, r := range visit.Recipients() {
		if !r.Keys {
			return cli.WithHint(fmt.Errorf("%s has no keys at the drop yet; nothing was sent", r.Name),
				"let "+r.Name+"'s desk keep watch, and try again in some minutes")
		}
	}
	return nil
}

// visit comes to the drop without words: nobody's mail is to be read.
func (e *errand) visit(ctx context.Context, env *cli.Env) (*source.Visit, error) {
	v, err := e.begin(ctx, env)
	if err != nil {
		return nil, err
	}
	n, err := v.greet()
	if err != nil {
		return nil, err
	}
	if err := confirm(env, n); err != nil {
		return nil, err
	}
	return v.checked()
}

// rehearse sends the letter and shows the words it went under.
func (e *errand) rehearse(ctx context.Context, env *cli.Env, visit *source.Visit, words *letter.Words) error {
	draft, err := visit.Compose(words, practiceText)
	if err != nil {
		return explainDraft(err)
	}
	defer draft.Discard()
	sent, err := e.deliver(ctx, env, visit, draft, nil)
	if err != nil {
		return explainUnsent(env, err, draft)
	}
	showSent(env, sent, draft.Perhaps())
	env.Printf("\nRead the answer with: tamizdat-source read\nwords: %s\n", words.In(lists()[0]))
	return nil
}
