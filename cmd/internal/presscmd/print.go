// SPDX-License-Identifier: Apache-2.0

package presscmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/press/site"
	"tamizdat/press/tlog"
)

// print builds the site from log, editions and proofs.
func (o *openPress) print() error {
	record, err := o.record()
	if err != nil {
		return err
	}
	tree, err := site.Build(record)
	if err != nil {
		return err
	}
	cp, _ := o.log.Checkpoint()
	text, err := site.Manifest(tree, o.key.Origin(), cp.Tree)
	if err != nil {
		return err
	}
	if tree[site.ManifestName], err = o.signer.SignText(text); err != nil {
		return err
	}
	strangers, err := site.Write(filepath.Join(o.dir, "site"), tree, o.key)
	if len(strangers) > 0 {
		err = errors.Join(err, cli.WithHint(fmt.Errorf("files in %s are not of this press: %s", filepath.Join(o.dir, "site"), strings.Join(strangers, ", ")),
			"move them elsewhere: a verifier reports them as added by somebody"))
	}
	return err
}

func (o *openPress) record() (site.Record, error) {
	cp, _ := o.log.Checkpoint()
	r := site.Record{Log: o.key, Entries: o.log.Entries(), Checkpoint: cp.Bytes()}
	var err error
	if r.Genesis, err = o.proof(0, tlog.Salt{}); err != nil {
		return r, err
	}
	have, err := o.kept()
	if err != nil {
		return r, err
	}
	logged := 0
	for _, t := range have {
		if t.index < 0 {
			continue
		}
		p, err := o.proof(t.index, t.salt)
		if err != nil {
			return r, err
		}
		r.Items = append(r.Items, site.Item{Edition: t.edition, SignOff: t.signOff, Proof: p})
		logged++
	}
	for _, e := range o.entries {
		if e.Letter != nil {
			logged--
		}
	}
	if logged != 0 {
		return r, errors.New("an edition that the log names is missing from the folder editions; restore it from a copy")
	}
	return r, nil
}

// proof gives the stored proof, or a new one where that is better witnessed. A
// page that is witnessed is thereby never touched again.
func (o *openPress) proof(i int64, salt tlog.Salt) (tlog.Proof, error) {
	fresh, err := o.log.Prove(i, salt)
	if err != nil {
		return tlog.Proof{}, err
	}
	if b, err := os.ReadFile(o.proofPath(i)); err == nil {
		old, err := tlog.ParseProof(b)
		if err == nil && old.Index == i && old.Salt == salt && !o.better(fresh, old) {
			return old, nil
		}
	}
	if err := durable.MkdirAll(filepath.Join(o.dir, "proofs"), 0o700); err != nil {
		return tlog.Proof{}, err
	}
	return fresh, durable.WriteFile(o.proofPath(i), fresh.Bytes(), 0o600)
}

func (o *openPress) better(a, b tlog.Proof) bool {
	va, errA := o.policy.Judge(a, o.now())
	vb, errB := o.policy.Judge(b, o.now())
	if errA != nil || errB != nil {
		return errB != nil
	}
	if va.Answer != vb.Answer {
		return va.Answer > vb.Answer
	}
	return va.Answer != tlog.Witnessed && len(va.Cosignatures) > len(vb.Cosignatures)
}
