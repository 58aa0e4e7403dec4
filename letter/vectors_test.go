// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tamizdat/letter/wire"
	"tamizdat/spec"
)

var update = flag.Bool("update", false, "write the vectors in spec/vectors/letter anew")

// vectorFS holds the vectors: those built in, or on disk when they were just written.
func vectorFS(t *testing.T) fs.FS {
	t.Helper()
	if *update {
		return os.DirFS("../spec/vectors/letter")
	}
	sub, err := fs.Sub(spec.Vectors(), "letter")
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// A construction is one vector file: what makes it, what checks it.
type construction struct {
	name     string
	spec     string // where it is defined
	about    string // how to read the file
	classes  []string
	generate func(t *testing.T) (pass, refuse any)
	check    func(t *testing.T, raw []byte)
}

// vectorFile is the JSON of every vector file. Byte strings are hexadecimal.
type vectorFile[C any] struct {
	Construction string `json:"construction"`
	Spec         string `json:"spec"`
	About        string `json:"about"`
	Pass         []C    `json:"pass"`
	Refuse       []C    `json:"refuse"`
}

// caseHead begins every case. Class is set where the case must be refused.
type caseHead struct {
	Name  string `json:"name"`
	Class string `json:"class,omitempty"`
}

func constructions() []construction {
	return slices.Concat(keyConstructions(), sealConstructions(), bodyConstructions(), parcelConstructions(), roomConstructions(), segmentConstructions(), historyConstructions())
}

// Vectors are read back as any other implementation would read them. Each class
// of failure that a construction names must have a case, and no other may.
func TestVectors(t *testing.T) {
	names := map[string]bool{}
	for _, c := range constructions() {
		names[c.name+".json"] = true
		t.Run(c.name, func(t *testing.T) {
			if *update {
				c.write(t)
			}
			raw, err := fs.ReadFile(vectorFS(t), c.name+".json")
			if err != nil {
				t.Fatal(err)
			}
			c.checkClasses(t, raw)
			c.check(t, raw)
		})
	}
	files, err := fs.Glob(vectorFS(t), "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !names[f] {
			t.Errorf("no test reads %s", f)
		}
	}
}

func (c *construction) write(t *testing.T) {
	t.Helper()
	pass, refuse := c.generate(t)
	b, err := json.MarshalIndent(map[string]any{
		"construction": c.name, "spec": c.spec, "about": c.about, "pass": pass, "refuse": refuse,
	}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	dir := "../spec/vectors/letter"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, c.name+".json"), append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (c *construction) checkClasses(t *testing.T, raw []byte) {
	t.Helper()
	f := readVectors[caseHead](t, raw)
	if len(f.Pass) == 0 || f.Construction != c.name || f.Spec == "" || f.About == "" {
		t.Error("nothing that must pass, or no heading")
	}
	have := map[string]bool{}
	for _, k := range f.Refuse {
		if have[k.Class] = true; !slices.Contains(c.classes, k.Class) {
			t.Errorf("%q is of the unknown class %q", k.Name, k.Class)
		}
	}
	for _, class := range c.classes {
		if !have[class] {
			t.Errorf("nothing of class %q", class)
		}
	}
}

func readVectors[C any](t *testing.T, raw []byte) vectorFile[C] {
	t.Helper()
	var f vectorFile[C]
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// eachCase runs do on all cases: an error where one must pass, or none where one
// must be refused, fails the test.
func eachCase[C any](t *testing.T, raw []byte, head func(*C) caseHead, do func(*C) error) {
	t.Helper()
	f := readVectors[C](t, raw)
	for i := range f.Pass {
		if err := do(&f.Pass[i]); err != nil {
			t.Errorf("%q must pass: %v", head(&f.Pass[i]).Name, err)
		}
	}
	for i := range f.Refuse {
		if err := do(&f.Refuse[i]); err == nil {
			t.Errorf("%q (%s) must be refused", head(&f.Refuse[i]).Name, head(&f.Refuse[i]).Class)
		}
	}
}

// fixed gives the bytes that stand for randomness in the vectors.
func fixed(label string, n int) []byte {
	b, err := hkdf.Key(sha256.New, []byte("tamizdat vectors"), nil, label, n)
	if err != nil {
		panic(err)
	}
	return b
}

// keySecrets are the private halves of a tuple.
type keySecrets struct {
	Fetch hexBytes `json:"fetch"` // scalar, 32
	DH    hexBytes `json:"dh"`    // 32
	PQ    hexBytes `json:"pq"`    // d ‖ z, 64
	PKE   hexBytes `json:"pke"`   // X-Wing seed, 32
}

func fixedSecrets(t testing.TB, label string) keySecrets {
	t.Helper()
	f, err := fetchSecretFromUniform(fixed(label+" fetch", fetchSeedSize))
	if err != nil {
		t.Fatal(err)
	}
	return keySecrets{Fetch: f.scalar.Bytes(), DH: fixed(label+" DH", 32), PQ: fixed(label+" PQ", 64), PKE: fixed(label+" PKE", 32)}
}

func (k *keySecrets) identity() (*identity, error) {
	fetch, err := fetchSecretFromScalar(k.Fetch)
	if err != nil {
		return nil, err
	}
	in, err := newIntake(k.DH, k.PQ, k.PKE)
	if err != nil {
		return nil, err
	}
	return newIdentity(fetch, in), nil
}

func mustIdentity(t testing.TB, k keySecrets) *identity {
	t.Helper()
	id, err := k.identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func fixedNewsroom() (nr wire.NewsroomKey) {
	copy(nr[:], fixed("newsroom", 32))
	return nr
}

// edited is b with one byte flipped at offset at.
func edited(b []byte, at int) []byte {
	c := bytes.Clone(b)
	c[at] ^= 1
	return c
}
