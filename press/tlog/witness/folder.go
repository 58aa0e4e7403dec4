// SPDX-License-Identifier: Apache-2.0

package witness

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tamizdat/internal/durable"
	"tamizdat/press/tlog"
)

const (
	keyFormat = "tamizdat-witness-key/v1\n"
	maxLogs   = 256
)

// Init makes a witness folder with a new key. The key file is readable by its
// owner only and not encrypted: a witness must come back alone after a power
// cut. Whoever copies it can cosign in this witness's name, and nothing else.
func Init(dir, name string, random io.Reader) (tlog.WitnessKey, error) {
	key, err := tlog.NewCosignKey(name, random)
	if err != nil {
		return tlog.WitnessKey{}, err
	}
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return tlog.WitnessKey{}, err
	}
	seed := key.Seed()
	text := keyFormat + name + "\n" + base64.StdEncoding.EncodeToString(seed[:]) + "\n"
	return key.Witness(), durable.CreateFile(filepath.Join(dir, "witness.key"), []byte(text), 0o600)
}

func readKey(dir string) (tlog.CosignKey, error) {
	b, err := os.ReadFile(filepath.Join(dir, "witness.key"))
	if err != nil {
		return tlog.CosignKey{}, err
	}
	rest, ok := strings.CutPrefix(string(b), keyFormat)
	if !ok && strings.HasPrefix(string(b), keyFormat[:len(keyFormat)-len("1\n")]) {
		return tlog.CosignKey{}, errors.New("the witness in this folder was made by a newer version of this program: use that one")
	}
	lines := strings.Split(rest, "\n")
	if !ok || len(lines) != 3 || lines[2] != "" {
		return tlog.CosignKey{}, errors.New("the witness's key file is damaged: restore it from a copy")
	}
	seed, err := base64.StdEncoding.Strict().DecodeString(lines[1])
	if err != nil || len(seed) != 32 {
		return tlog.CosignKey{}, errors.New("the witness's key file is damaged: restore it from a copy")
	}
	return tlog.CosignKeyFromSeed(lines[0], [32]byte(seed))
}

// Trust adds a log to the folder's list. It may be called while the witness
// serves. A second key for a known origin is refused: whoever asks for it
// might want to start a second history.
func Trust(dir string, log tlog.LogKey) error {
	logs, err := readLogs(dir)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, l := range logs {
		if l == log {
			return nil
		}
		if l.Origin() == log.Origin() {
			return fmt.Errorf("this witness trusts another key for %s already", log.Origin())
		}
		fmt.Fprintln(&b, l)
	}
	if len(logs) == maxLogs {
		return fmt.Errorf("this witness trusts %d logs already", maxLogs)
	}
	fmt.Fprintln(&b, log)
	return durable.WriteFile(filepath.Join(dir, "logs"), []byte(b.String()), 0o600)
}

func readLogs(dir string) ([]tlog.LogKey, error) {
	b, err := os.ReadFile(filepath.Join(dir, "logs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var logs []tlog.LogKey
	for n, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		k, err := tlog.ParseLogKey(line)
		if err != nil {
			return nil, fmt.Errorf("the witness's list of logs, line %d: %w", n+1, err)
		}
		logs = append(logs, k)
	}
	return logs, nil
}

func findLog(dir, origin string) (tlog.LogKey, error) {
	logs, err := readLogs(dir)
	if err != nil {
		return tlog.LogKey{}, errors.Join(ErrInternal, err)
	}
	for _, l := range logs {
		if l.Origin() == origin {
			return l, nil
		}
	}
	return tlog.LogKey{}, ErrUnknownLog
}
