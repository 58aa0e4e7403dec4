// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"tamizdat/letter"
)

// TestColleaguesShareThreads: by their commands, over a drop that learns nothing.
func TestColleaguesShareThreads(t *testing.T) {
	b := newBench(t)
	n := b.found("default", b.now)
	all := []string{"anna", "boris", "vera"}
	b.pass(4, all...)
	if out := b.desk("anna", "", "threads"); !strings.Contains(out, "Nobody has written yet") {
		t.Errorf("an empty list: %q", out)
	}
	src, err := letter.NewWords().Source()
	b.must(err)
	b.write(n, src, "The risk grows every week.", b.now())
	b.pass(3, all...)

	who := strings.Fields(b.desk("anna", "", "threads"))[1]
	b.desk("anna", "", "thread", "set", who, "state=in-work", "assigned=boris", "tags=risk, weekly", "next-contact=2027-07-09")
	b.desk("anna", "Ask for the month.\n", "thread", "note", who)
	b.desk("vera", "", "thread", "set", who, "assigned=Vera")
	b.must(os.WriteFile(b.path("scan.pdf"), []byte("%PDF"), 0o600))
	item := b.desk("anna", "", "add", b.path("scan.pdf"), "--how", "post")[:8]
	b.desk("anna", "", "thread", "put", who, item)
	b.desk("anna", "", "custody", item, b.path("scan.pdf"), "--step", "shown to an archivist")
	// A desk that is only asked now and then sends when its moment has come by then.
	for range 40 {
		b.pass(1, all...)
		if strings.Contains(b.desk("boris", "", "choices"), "assigned:") && strings.Contains(b.desk("boris", "", "threads", who), "# Ask") {
			break
		}
	}
	out := b.desk("boris", "", "threads", who)
	for _, want := range []string{"in-work", "tags risk, weekly", "next letter promised for 2027-07-09", "Anna, ", "# Ask for the month.", "file by Anna, \"post\"  [at the desk of Anna]", "The risk grows every week."} {
		if !strings.Contains(out, want) {
			t.Errorf("boris is shown %q, without %q", out, want)
		}
	}
	if out := b.desk("boris", "", "items", item); !strings.Contains(out, fmt.Sprintf("shown to an archivist by Anna (-), week of 2027-06-28: SHA-256 %x", sha256.Sum256([]byte("%PDF")))) {
		t.Errorf("boris is shown the item as %q", out)
	}
	if out := b.desk("boris", "", "choices"); !strings.Contains(out, "assigned:") || strings.Count(out, " by ") != 2 {
		t.Errorf("boris is asked %q", out)
	}
	if out := b.desk("boris", "", "threads", "--json"); !strings.Contains(out, `"state": "in-work"`) {
		t.Errorf("as JSON: %q", out)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"threads", "no-such-words"}, "no such thread"},
		{[]string{"thread", "set", who, "colour=red"}, "no field"},
		{[]string{"thread", "set", who, "state=odd"}, "in-work"},
		{[]string{"thread", "set", who, "deadline=friday"}, "no day"},
		{[]string{"thread", "set", who, "assigned=Nobody"}, "nobody called"},
		{[]string{"thread", "set", who, "closed"}, "FIELD=VALUE"},
		{[]string{"thread", "note", who}, "1 to"},
		{[]string{"thread", "join", who, who, "--reason", "x"}, "one pseudonym"},
		{[]string{"thread", "put", who, "zzzz"}, "no such item"},
		{[]string{"custody", item}, "--step is missing"},
		{[]string{"items", item, "--to", b.path("out")}, "lies at the desk of Anna"},
		{[]string{"explain", "zzzz", "--why", "x"}, "no such letter"},
	} {
		if out, code := b.try(b.now, "boris", "", c.args...); code == 0 || !strings.Contains(out, c.want) {
			t.Errorf("%v: exit %d, %q", c.args, code, out)
		}
	}
}
