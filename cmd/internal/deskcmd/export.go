// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"tamizdat/desk"
	"tamizdat/internal/cli"
)

const exportUsage = `tamizdat desk export [--dir D] WHO --to FILE [--with ITEM]... [--json]

Writes a thread into FILE, a zip archive that must not be there yet: the letters of
one hand with the attachments that were fetched, what all colleagues answered, noted
and set, which desks found the same in each letter, and documents of the thread. WHO is a sender's three words,
the beginning of the thread's name, or a letter of it.

FILE is plaintext: whoever has it reads it, and the disk on which it lies may never
forget it. It has no keys, nothing that the transport knows and no time but the
week, but every word that the source wrote.

--with   put something in that was taken in (tamizdat desk items); once for each

It can be read without this program: thread-en.txt and thread-ru.txt in it are all of
it as text, manifest.json says what each file is and how it came here. To check it,
unpack it and type there: sha256sum -c SHA256SUMS

Who exports the same thread twice gets the same bytes, and so does every colleague who
has heard the same, fetched the same attachments and puts in the same items.
`

func (p *program) runExport(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	flags := o.flags("export")
	to := flags.String("to", "", "")
	var with []string
	flags.Func("with", "", func(s string) error { with = append(with, s); return nil })
	words, err := o.parse(env, flags, args, 1, 1)
	if err != nil {
		return err
	}
	if *to == "" {
		return cli.Usagef("--to is missing: the file to write")
	}
	return p.with(ctx, env, o, func(d *desk.Desk) error {
		thread, err := findThread(d, words[0])
		if err != nil {
			return err
		}
		var items []desk.ItemID
		for _, typed := range with {
			id, err := d.FindItem(typed)
			if err != nil {
				return err
			}
			items = append(items, id)
		}
		m, missing, err := exportTo(d, *to, thread, items)
		if err != nil {
			return err
		}
		return printExport(env, o, *to, m, missing)
	})
}

// exportTo writes a new file, and takes it away again if it does not become whole.
func exportTo(d *desk.Desk, name string, thread *desk.Thread, items []desk.ItemID) (*desk.Manifest, int, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		err = cli.WithHint(err, "nothing is ever overwritten: choose another name")
	}
	if err != nil {
		return nil, 0, err
	}
	m, missing, err := d.Export(f, thread, items...)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, 0, errors.Join(err, os.Remove(name))
	}
	return m, missing, nil
}

func printExport(env *cli.Env, o *options, name string, m *desk.Manifest, missing int) error {
	if missing > 0 {
		env.Notef("%s not here and not in it; those of letters come by themselves, or at once with tamizdat desk save --now, which tells the drop so.\n", count(missing, "file is", "files are"))
	}
	env.Notef("What lies in %s is plaintext. Whoever has the file reads it.\n", name)
	if o.json {
		return env.JSON(m)
	}
	gaps := 0
	var hands []string
	for _, l := range m.Letters {
		if l.Gap {
			gaps++
		}
	}
	for _, h := range m.Hands {
		hands = append(hands, h.Name)
	}
	if gaps > 0 {
		env.Notef("%s opened at colleagues' desks and not here, and not in it: a colleague's export is fuller.\n", count(gaps, "letter", "letters"))
	}
	env.Printf("%s: %s, %s, %s, %s of %s\n", name, count(len(m.Letters)-gaps, "letter", "letters"), count(len(m.Replies), "reply", "replies"),
		count(len(m.Notes), "note", "notes"), count(len(m.Documents), "item", "items"), strings.Join(hands, " + "))
	return nil
}
