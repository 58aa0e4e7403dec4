// SPDX-License-Identifier: Apache-2.0

package site

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"tamizdat/press/tlog"
)

const (
	manifestHeader = "tamizdat-site/v1\n"
	maxManifest    = 8 << 20 // bytes
)

var pathForm = regexp.MustCompile(`^[A-Za-z0-9_+-][A-Za-z0-9._+-]*(/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)*$`)

// listed is one line of a manifest.
type listed struct {
	sum  string // hex SHA-256
	size int64
}

// Manifest gives the text to be signed by the log's key: every file of the
// tree, and the log's tree that it shows.
func Manifest(tree Tree, origin string, head tlog.Tree) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%sorigin %s\nsize %d\nroot %s\n", manifestHeader, origin, head.Size, base64.StdEncoding.EncodeToString(head.Root[:]))
	for _, p := range tree.Paths() {
		if p == ManifestName {
			continue
		}
		if !validPath(p) {
			return "", fmt.Errorf("%q cannot be a path of a site", p)
		}
		sum := sha256.Sum256(tree[p])
		fmt.Fprintf(&b, "file %x %d %s\n", sum, len(tree[p]), p)
	}
	return b.String(), nil
}

func validPath(p string) bool { return len(p) <= 255 && pathForm.MatchString(p) && fs.ValidPath(p) }

// parseManifest reads the text of a manifest whose signature has been
// verified, and refuses one that [Manifest] would not have written.
func parseManifest(text string) (origin string, head tlog.Tree, files map[string]listed, err error) {
	rest, ok := strings.CutPrefix(text, manifestHeader+"origin ")
	lines := strings.Split(rest, "\n")
	if !ok || len(lines) < 4 || lines[len(lines)-1] != "" {
		return "", head, nil, errors.New("it is not a manifest of this version")
	}
	size, ok1 := strings.CutPrefix(lines[1], "size ")
	root, ok2 := strings.CutPrefix(lines[2], "root ")
	if !ok1 || !ok2 {
		return "", head, nil, errors.New("its first lines are not origin, size and root")
	}
	if _, head, err = tlog.ParseTree(lines[0] + "\n" + size + "\n" + root + "\n"); err != nil {
		return "", head, nil, err
	}
	files = make(map[string]listed)
	last := ""
	for i, line := range lines[3 : len(lines)-1] {
		path, l, err := parseListed(line)
		if err != nil || path <= last {
			return "", head, nil, fmt.Errorf("line %d is not a file, or not in order", i+5)
		}
		files[path], last = l, path
	}
	return lines[0], head, files, nil
}

func parseListed(line string) (string, listed, error) {
	f := strings.Split(line, " ")
	if len(f) != 4 || f[0] != "file" || !validPath(f[3]) {
		return "", listed{}, errors.New("not a file line")
	}
	raw, err := hex.DecodeString(f[1])
	size, err2 := strconv.ParseInt(f[2], 10, 64)
	if err != nil || err2 != nil || size < 0 || strconv.FormatInt(size, 10) != f[2] || len(raw) != sha256.Size || hex.EncodeToString(raw) != f[1] {
		return "", listed{}, errors.New("not a file line")
	}
	return f[3], listed{sum: f[1], size: size}, nil
}
