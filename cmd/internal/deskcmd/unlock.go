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
	"sync"
	"time"

	"tamizdat/desk"
	"tamizdat/desk/vault"
	"tamizdat/internal/cli"
	"tamizdat/internal/places"
)

// A desk that runs in the background has no terminal to ask for the passphrase
// and must not find it in a file. It waits at a socket in the person's runtime
// folder, which lies in memory, belongs to the person and is gone at log-out.
// Whoever can open that folder could as well read this program's memory.
//
//	request   the passphrase, or nothing for how things stand, and a line feed
//	answer    "ok", "locked", "unlocked", or why not, and a line feed
//
// Once unlocked it goes on answering, so that others can tell that it runs.

const (
	maxPassphraseLine = 4 << 10
	linePatience      = 30 * time.Second

	answerOK       = "ok"
	answerLocked   = "locked"
	answerUnlocked = "unlocked"
)

// Errors of bringing a passphrase.
var (
	// errNobodyWaits means that no desk waits at the socket.
	errNobodyWaits = errors.New("no desk waits in the background for its passphrase")
	// errUnlocked means that the desk there has been unlocked before.
	errUnlocked = errors.New("the desk in the background is unlocked already")
)

// unlockSocket is where the desk in dir waits. It fails where there is no
// runtime folder.
func unlockSocket(env *cli.Env, dir string) (string, error) {
	runtime := env.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(runtime) {
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
func awaitPassphrase(ctx context.Context, l net.Listener, use func(passphrase string) error) error {
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("wait for the passphrase: %w", err)
		}
		opened := false
		answerOne(conn, func(line string) string {
			if line == "" {
				return answerLocked
			}
			if err := use(line); err != nil {
				return strings.Join(strings.Fields(err.Error()), " ")
			}
			opened = true
			return answerOK
		})
		if opened {
			return nil
		}
	}
}

// answerUntil tells everyone that the desk is unlocked, until the listener is
// closed.
func answerUntil(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		answerOne(conn, func(string) string { return answerUnlocked })
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
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !places.Own(info) {
		return fmt.Errorf("%s is not a folder for you alone", dir)
	}
	return nil
}

// answerOne reads a line and answers it. Who sends none, or too long a one, or
// hangs up, changes nothing.
func answerOne(conn net.Conn, answer func(line string) string) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(linePatience))
	line, err := bufio.NewReaderSize(conn, maxPassphraseLine).ReadSlice('\n')
	if err != nil {
		return
	}
	text := answer(strings.TrimSuffix(string(line), "\n"))
	clear(line)
	conn.SetDeadline(time.Now().Add(linePatience)) // opening a desk takes its time
	fmt.Fprintf(conn, "%s\n", text)
}

// bringPassphrase unlocks the desk that waits at the socket, or says why it did
// not: errNobodyWaits, errUnlocked, or what the desk answered.
func bringPassphrase(ctx context.Context, socket, passphrase string) error {
	switch answer, err := ask(ctx, socket, passphrase, patience+linePatience); {
	case err != nil:
		return err
	case answer == answerUnlocked:
		return errUnlocked
	case answer != answerOK:
		return errors.New(answer)
	}
	return nil
}

// ask sends a line to the desk at the socket and returns its answer.
func ask(ctx context.Context, socket, line string, limit time.Duration) (string, error) {
	if err := checkOwnFolder(filepath.Dir(socket)); err != nil {
		return "", fmt.Errorf("%w (%w)", errNobodyWaits, err)
	}
	d := net.Dialer{Timeout: 5 * time.Second}
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return "", fmt.Errorf("%w (%w)", errNobodyWaits, err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintf(conn, "%s\n", line); err != nil {
		return "", fmt.Errorf("the desk in the background: %w", err)
	}
	answer, err := bufio.NewReaderSize(conn, maxPassphraseLine).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("the desk in the background did not answer: %w", err)
	}
	return strings.TrimSuffix(answer, "\n"), nil
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
		return cli.WithHint(err, "start it: systemctl --user start tamizdat-desk", "or keep watch in this terminal: tamizdat desk run")
	}
	if err != nil && !errors.Is(err, errUnlocked) {
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
	case err == nil || errors.Is(err, errUnlocked):
		env.Notef("This desk keeps watch in the background from now on, until you log out, close the lid or leave it alone for long. Then: tamizdat desk unlock\n")
	case ctx.Err() == nil:
		env.Notef("Now keep watch: tamizdat desk run\n")
	}
}

// lockedWatch waits for the passphrase and then keeps watch, again and again as the
// desk locks itself.
func (w *watch) lockedWatch(ctx context.Context) error {
	for {
		if err := w.watchUnlocked(ctx); !errors.Is(err, errLocked) {
			return err
		}
		giveBack()
	}
}

// watchUnlocked waits for the passphrase and keeps watch until the desk has locked
// itself.
func (w *watch) watchUnlocked(ctx context.Context) error {
	socket, err := unlockSocket(w.env, w.o.dir)
	if err != nil {
		return err
	}
	l, err := listenPrivately(socket)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var answering sync.WaitGroup
	defer answering.Wait()
	defer l.Close()
	w.env.Notef("The desk is locked. Unlock it with: tamizdat desk unlock\n")
	d, err := w.unlock(ctx, l)
	if ctx.Err() != nil {
		return closeIf(d)
	}
	if err != nil {
		return err
	}
	answering.Go(func() { answerUntil(l) })
	return w.keepFrom(ctx, d)
}

// unlock opens the desk with the first passphrase that does.
func (w *watch) unlock(ctx context.Context, l net.Listener) (d *desk.Desk, err error) {
	err = awaitPassphrase(ctx, l, func(passphrase string) (err error) {
		d, err = waitFor(ctx, nil, patience, func() (*desk.Desk, error) {
			return desk.Open(w.o.dir, passphrase, w.p.options(ctx, w.env, w.o))
		})
		if errors.Is(err, vault.ErrNone) {
			err = errors.New("there is no desk in this folder yet")
		}
		return err
	})
	return d, err
}
