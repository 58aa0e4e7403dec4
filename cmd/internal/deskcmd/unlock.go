// SPDX-License-Identifier: Apache-2.0

package deskcmd

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
)

// A desk that runs in the background has no terminal to ask for the passphrase
// and must not find it in a file. It waits at a socket in the person's runtime
// folder, which lies in memory, belongs to the person and is gone at log-out.
// Whoever can open that folder could as well read this program's memory.
//
//	request   the passphrase and a line feed
//	answer    "ok" or why not, and a line feed

const (
	maxPassphraseLine = 4 << 10
	unlockPatience    = 30 * time.Second
	unlocked          = "ok"
)

// errNobodyWaits means that no desk waits for its passphrase at the socket.
var errNobodyWaits = errors.New("no desk waits in the background for its passphrase")

// unlockSocket is where the desk in dir waits. It fails where there is no
// runtime folder.
func unlockSocket(env *cli.Env, dir string) (string, error) {
	runtime := env.Getenv("XDG_RUNTIME_DIR")
	if runtime == "" {
		return "", cli.WithHint(errors.New("there is no $XDG_RUNTIME_DIR on this system, so a desk cannot wait in the background"),
			"run it in a terminal: tamizdat desk run")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	name := sha256.Sum256([]byte(abs))
	return filepath.Join(runtime, "tamizdat", hex.EncodeToString(name[:8])+".sock"), nil
}

// awaitPassphrase waits at the socket until the right passphrase comes. use
// tries one; its error is told to whoever sent it.
func awaitPassphrase(ctx context.Context, env *cli.Env, socket string, use func(passphrase string) error) error {
	l, err := listenPrivately(socket)
	if err != nil {
		return err
	}
	defer l.Close()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	env.Notef("The desk is locked. Unlock it with: tamizdat desk unlock\n")
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("wait for the passphrase: %w", err)
		}
		err = takePassphrase(conn, use)
		conn.Close()
		if err == nil {
			env.Notef("The desk is unlocked.\n")
			return nil
		}
	}
}

// listenPrivately makes the socket in a folder for nobody else. A socket that
// was left behind by a program that died is replaced; one that answers is not.
func listenPrivately(socket string) (net.Listener, error) {
	dir := filepath.Dir(socket)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := checkOwnFolder(dir); err != nil {
		return nil, err
	}
	if conn, err := net.Dial("unix", socket); err == nil {
		conn.Close()
		return nil, errors.New("another program waits for this desk's passphrase already")
	}
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return nil, fmt.Errorf("wait for the passphrase: %w", err)
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// checkOwnFolder refuses a folder that others may enter: a passphrase goes there.
func checkOwnFolder(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is not a folder for you alone", dir)
	}
	return nil
}

// takePassphrase answers one who brings a passphrase.
func takePassphrase(conn net.Conn, use func(string) error) error {
	if err := conn.SetDeadline(time.Now().Add(unlockPatience)); err != nil {
		return err
	}
	line, err := bufio.NewReaderSize(conn, maxPassphraseLine).ReadSlice('\n')
	if err != nil {
		return err
	}
	answer := unlocked
	if err = use(strings.TrimSuffix(string(line), "\n")); err != nil {
		answer = strings.Join(strings.Fields(err.Error()), " ")
	}
	clear(line)
	conn.SetDeadline(time.Now().Add(unlockPatience))
	fmt.Fprintf(conn, "%s\n", answer) // who hung up meanwhile changes nothing
	return err
}

// bringPassphrase unlocks the desk that waits at the socket, or says why it did
// not: errNobodyWaits, or what the desk answered.
func bringPassphrase(ctx context.Context, socket, passphrase string) error {
	if err := checkOwnFolder(filepath.Dir(socket)); err != nil {
		return fmt.Errorf("%w (%w)", errNobodyWaits, err)
	}
	d := net.Dialer{Timeout: 5 * time.Second}
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return fmt.Errorf("%w (%w)", errNobodyWaits, err)
	}
	defer conn.Close()
	// Opening a desk waits for whoever has its folder.
	if err := conn.SetDeadline(time.Now().Add(patience + unlockPatience)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "%s\n", passphrase); err != nil {
		return err
	}
	answer, err := bufio.NewReaderSize(conn, maxPassphraseLine).ReadString('\n')
	switch answer = strings.TrimSuffix(answer, "\n"); {
	case err != nil:
		return fmt.Errorf("the desk in the background did not answer: %w", err)
	case answer != unlocked:
		return errors.New(answer)
	}
	return nil
}

func (p *program) runUnlock(ctx context.Context, env *cli.Env, args []string) error {
	o := &options{}
	if _, err := o.parse(env, o.flags("unlock"), args, 0, 0); err != nil {
		return err
	}
	socket, err := unlockSocket(env, o.dir)
	if err != nil {
		return err
	}
	passphrase, err := askPassphrase(env)
	if err != nil {
		return err
	}
	err = bringPassphrase(ctx, socket, passphrase)
	if errors.Is(err, errNobodyWaits) {
		return cli.WithHint(err, "it may be unlocked already: tamizdat desk status",
			"start it: systemctl --user start tamizdat-desk", "or keep watch in this terminal: tamizdat desk run")
	}
	if err != nil {
		return err
	}
	env.Printf("The desk keeps watch in the background.\n")
	return nil
}

// handOver unlocks the desk that waits in the background, if one does, after a
// verb that made this desk part of a newsroom. Where none waits, the person is
// told how to keep watch.
func (p *program) handOver(ctx context.Context, env *cli.Env, o *options, passphrase string) {
	socket, err := unlockSocket(env, o.dir)
	if err == nil {
		err = bringPassphrase(ctx, socket, passphrase)
	}
	switch {
	case err == nil:
		env.Notef("This desk keeps watch in the background from now on, until you log out. Then: tamizdat desk unlock\n")
	case ctx.Err() == nil:
		env.Notef("Now keep watch: tamizdat desk run\n")
	}
}

// lockedWatch waits for the passphrase and then keeps watch.
func (w *watch) lockedWatch(ctx context.Context) error {
	socket, err := unlockSocket(w.env, w.o.dir)
	if err != nil {
		return err
	}
	var d *desk.Desk
	err = awaitPassphrase(ctx, w.env, socket, func(passphrase string) (err error) {
		d, err = waitFor(ctx, nil, patience, func() (*desk.Desk, error) {
			return desk.Open(w.o.dir, passphrase, w.p.options(ctx, w.env, w.o))
		})
		if errors.Is(err, vault.ErrNone) {
			err = errors.New("there is no desk in this folder yet")
		}
		return err
	})
	if ctx.Err() != nil {
		return closeIf(d)
	}
	if err != nil {
		return errors.Join(err, closeIf(d))
	}
	return w.keepFrom(ctx, d, 0)
}
