// SPDX-License-Identifier: Apache-2.0

package tamizdat_test

// reach says which imports of a package a rule looks at.
type reach int

const (
	direct reach = iota // what the package imports itself
	own                 // what it and every package of ours below it import themselves
	linked              // everything that ends up in a program that uses it
	tested              // what it or its tests import themselves
)

// rule is one sentence of the plan of the house. Patterns are import paths;
// "./" stands for this module, and "/..." at the end for all below as well.
type rule struct {
	name   string
	about  []string
	except []string // packages that about matches and the rule does not mean
	reach  reach
	only   []string // of our packages it may import only these; nil for no limit
	none   bool     // it may import none of our packages
	never  []string // and of all packages none of these
	reason string
}

// directions is the lattice: what each room may import of the others. A
// package that no line is about has no place in the house.
//
// This is policy. A build that breaks it is to be mended in the code, unless
// the design itself has changed and docs/RATIONALE.md says why.
func directions() []rule {
	mechanics := "./internal/..."
	rooms := []struct {
		about  []string
		only   []string
		reason string
	}{
		{[]string{"."}, nil, "the root only documents"},
		{[]string{"./internal/..."}, []string{mechanics}, "internal holds mechanics without product meaning, which can know no room"},
		{[]string{"./spec/..."}, nil, "the specification stands above every implementation of it"},
		{[]string{"./letter"}, []string{"./letter/wire", "./letter/internal/...", mechanics}, "the message protocol is bytes in, bytes out, and serves every room that holds keys"},
		{[]string{"./letter/wire", "./letter/internal/..."}, []string{mechanics}, "the outer envelope is all that an untrusted server may know, so it must not lead to more"},
		{[]string{"./drop"}, []string{"./letter/wire", mechanics}, "the contract with the untrusted server speaks of envelopes, never of what is in them"},
		{[]string{"./drop/client", "./drop/server"}, []string{"./drop", "./letter/wire", mechanics}, "the two sides of the contract meet only in the contract"},
		{
			[]string{"./drop/sqlite", "./drop/postgres", "./drop/memory", "./drop/fs", "./drop/s3"},
			[]string{"./drop", "./drop/server", "./letter/wire", mechanics},
			"a store provides what the server declares and knows no other store, so that each can be replaced alone",
		},
		{[]string{"./drop/droptest"}, []string{"./drop/...", "./letter/wire", mechanics}, "the common suite tests every store and every side"},
		{[]string{"./source/..."}, []string{"./source/...", "./letter", "./letter/wire", "./drop", "./drop/client", mechanics}, "the source's side writes letters to a drop and knows nothing else of the house"},
		{
			[]string{"./desk/..."},
			[]string{"./desk/...", "./letter", "./letter/wire", "./drop", "./drop/client", "./sanitize", "./claim", "./claim/door", "./claim/wording", "./press", "./press/site", mechanics},
			"a journalist's machine reads letters and prepares editions; it never serves a drop or keeps the log",
		},
		{[]string{"./sanitize/..."}, []string{"./sanitize/...", mechanics}, "what opens hostile files knows nothing worth stealing"},
		{[]string{"./claim"}, []string{mechanics}, "the editorial rules are pure"},
		{[]string{"./claim/..."}, []string{"./claim", "./claim/...", mechanics}, "the editorial rules are pure"},
		{[]string{"./claim/wording"}, nil, "how words and numbers are read depends on nothing that is said with them"},
		{[]string{"./press", "./press/internal/..."}, []string{"./press/internal/...", "./claim", mechanics}, "what becomes public is defined without the means of making it so"},
		{[]string{"./press/site", "./press/site/..."}, []string{"./press", "./press/site/...", "./press/tlog", "./press/internal/...", mechanics}, "pages are made from editions and proofs"},
		{[]string{"./press/tlog"}, []string{"./press", "./press/internal/...", mechanics}, "everybody can check the log, so checking it needs no key and no page"},
		{[]string{"./press/tlog/..."}, []string{"./press", "./press/tlog", "./press/internal/...", mechanics}, "what holds a key of the log stands above what checks the log"},
		{
			[]string{"./cmd/internal/deskcmd"},
			[]string{"./desk/...", "./letter", "./letter/wire", "./drop", "./drop/client", "./sanitize", "./claim/...", "./cmd/internal/casecmd", "./press", "./press/site", mechanics},
			"the desk's command wires the newsroom's side and no other",
		},
		{[]string{"./cmd/internal/sourcecmd"}, []string{"./source/...", "./letter", "./letter/wire", "./drop", "./drop/client", mechanics}, "the source's command wires the source's side and no other"},
		{[]string{"./cmd/internal/dropcmd"}, []string{"./drop/...", "./letter/wire", mechanics}, "the drop's command wires the server and no other side"},
		{[]string{"./cmd/internal/presscmd", "./cmd/internal/witnesscmd", "./cmd/internal/verifycmd"}, []string{"./press/...", "./claim/...", mechanics}, "the public side is wired without the rooms that know sources"},
		{[]string{"./cmd/internal/casecmd"}, []string{"./claim/...", mechanics}, "a case file is worked on with the editorial rules alone"},
		{[]string{"./cmd/internal/trycmd"}, []string{mechanics}, "the demonstration does with the programs what a person could do, and nothing behind their back"},
		{[]string{"./cmd/tamizdat", "./cmd/tamizdat-drop", "./cmd/tamizdat-source", "./cmd/tamizdat-verify"}, []string{"./cmd/internal/...", mechanics}, "a main only dispatches"},
		{[]string{"./e2e/..."}, []string{mechanics}, "the stories use the programs from outside, as people do"},
	}
	var rules []rule
	for _, r := range rooms {
		rules = append(rules, rule{name: "direction of " + r.about[0], about: r.about, only: r.only, none: r.only == nil, reason: r.reason})
	}
	return rules
}

// prohibitions carry the promises: each is a sentence in which somebody puts
// their trust.
func prohibitions() []rule {
	return []rule{
		{
			name:   "the drop cannot open a letter",
			about:  []string{"./cmd/tamizdat-drop", "./cmd/internal/dropcmd", "./drop/..."},
			reach:  linked,
			only:   []string{"./cmd/tamizdat-drop", "./cmd/internal/dropcmd", "./drop/...", "./letter/wire", "./internal/..."},
			reason: "the drop's program contains no code that could open a letter; whoever seizes or rents the server must not find any there",
		},
		{
			name:   "the public side cannot name a source",
			about:  []string{"./press/...", "./claim/..."},
			reach:  linked,
			never:  []string{"./letter/...", "./drop/...", "./source/...", "./desk/..."},
			reason: "nothing that becomes public has a type that can hold a letter's sender or channel",
		},
		{
			name:   "the log's key has one user",
			about:  []string{"./..."},
			except: []string{"./cmd/internal/presscmd", "./press/tlog/signer"},
			never:  []string{"./press/tlog/signer"},
			reason: "only the press subcommand touches the key of the log, in a process of its own",
		},
		{
			name:   "the press process holds no letters",
			about:  []string{"./cmd/internal/presscmd", "./cmd/internal/witnesscmd", "./cmd/internal/verifycmd", "./cmd/tamizdat-verify"},
			reach:  linked,
			never:  []string{"./letter/...", "./drop/...", "./source/...", "./desk/...", "./sanitize/..."},
			reason: "what signs, witnesses or verifies the record works with the frozen edition alone",
		},
		{
			name:   "the source's program is small",
			about:  []string{"./cmd/tamizdat-source", "./cmd/internal/sourcecmd", "./source/..."},
			reach:  linked,
			never:  []string{"database/sql/...", "modernc.org/...", "github.com/tetratelabs/wazero/...", "./drop/server", "./drop/sqlite", "./press/...", "./desk/..."},
			reason: "the program on the most exposed machine has no database and no interpreter: nothing in it keeps things or runs what it was sent",
		},
		{
			name:   "pure rooms touch nothing",
			about:  []string{"./letter/...", "./claim/..."},
			reach:  own,
			never:  []string{"net", "net/http/...", "net/mail", "net/rpc/...", "net/smtp", "net/textproto", "os/...", "syscall", "log/...", "database/...", "io/ioutil", "golang.org/x/sys/...", "golang.org/x/net/..."},
			reason: "what handles keys and judgements knows no network, no file and no log, so that nothing can leak there by mistake",
		},
		{
			name:   "the index of letters stays in memory",
			about:  []string{"./desk/search"},
			reach:  own,
			only:   []string{"./desk/search"},
			never:  []string{"net/...", "os/...", "syscall", "log/...", "database/...", "io/...", "golang.org/x/sys/...", "golang.org/x/net/..."},
			reason: "written down, it would be a second copy of every letter, which outlives the deletion of the first",
		},
		{
			name:   "the demonstration has no back door",
			about:  []string{"./cmd/internal/trycmd", "./e2e/..."},
			reach:  tested,
			only:   []string{"./cmd/internal/trycmd", "./internal/..."},
			reason: "a story told with inside knowledge would prove nothing about the programs",
		},
		{
			name:   "test code stays out of programs",
			about:  []string{"./..."},
			except: []string{"./drop/droptest", "./press/internal/vectors", "./internal/oldstores"},
			never:  []string{"testing/...", "./drop/droptest", "./press/internal/vectors", "./internal/oldstores", "github.com/rogpeppe/...", "github.com/google/go-cmp/...", "github.com/santhosh-tekuri/...", "pgregory.net/..."},
			reason: "what exists for tests must not be reachable in what people run",
		},
		{
			name:   "age seals backups and nothing else",
			about:  []string{"./..."},
			except: []string{"./cmd/internal/dropcmd"},
			never:  []string{"filippo.io/age/..."},
			reason: "letters have one way of being sealed, which spec/ fixes; a second would have to be audited too",
		},
		{
			name:   "no test framework in a program",
			about:  []string{"./cmd/..."},
			reach:  linked,
			never:  []string{"testing", "testing/..."},
			reason: "package testing brings flags and profiles into a program that must have neither",
		},
		{
			name:   "no guessable randomness",
			about:  []string{"./..."},
			except: []string{"./drop/droptest"},
			never:  []string{"math/rand/..."},
			reason: "a number that can be guessed is a key given away; crypto/rand is fast enough for all we do",
		},
	}
}
