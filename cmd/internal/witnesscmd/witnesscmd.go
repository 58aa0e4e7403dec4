// SPDX-License-Identifier: Apache-2.0

// Package witnesscmd is the program of a partner who vouches that a press
// keeps one history: tamizdat witness. Call [Command].
//
// It listens where it is told and logs no request. It trusts the clock of its
// machine and the folder it is given.
package witnesscmd

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"time"

	"tamizdat/internal/cli"
	"tamizdat/internal/durable"
	"tamizdat/press/tlog"
	"tamizdat/press/tlog/witness"
)

// Command gives the verb “witness”.
func Command() *cli.Command {
	return &cli.Command{
		Name: "witness", Summary: "vouch that a press keeps one history",
		Usage: `tamizdat witness: vouch that a press keeps one history

  tamizdat witness init  --dir W --name NAME        make a key; NAME such as partner.example/w1
  tamizdat witness trust --dir W LOGKEY             cosign this log from now on
  tamizdat witness serve --dir W --listen ADDR      take checkpoints (C2SP tlog-witness)
                         [--addr-file FILE]         write the address there; ADDR may end in :0

The witness looks only at one thing: that each state of a log continues the one
before. It does not see letters and does not judge them. Run one process on one
folder; without the folder's memory a rollback would go unnoticed, so back it up.
The key lies there unencrypted, because a witness must start again by itself.
`,
		Sub: []*cli.Command{
			{Name: "init", Summary: "make a witness and its key", Run: runInit},
			{Name: "trust", Summary: "cosign a log from now on", Run: runTrust},
			{Name: "serve", Summary: "take checkpoints", Run: runServe},
		},
	}
}

func runInit(_ context.Context, env *cli.Env, args []string) error {
	fl := flag.NewFlagSet("witness init", flag.ContinueOnError)
	dir := fl.String("dir", "", "")
	name := fl.String("name", "", "")
	if err := cli.ParseFlags(fl, args); err != nil {
		return err
	}
	if *dir == "" || *name == "" || fl.NArg() > 0 {
		return cli.Usagef("witness init needs --dir and --name, and nothing else")
	}
	key, err := witness.Init(*dir, *name, rand.Reader)
	if errors.Is(err, fs.ErrExist) {
		return cli.WithHint(errors.New("there is a witness in this folder already"), "choose another --dir; a witness that forgets its key must be announced anew to every log")
	}
	if err != nil {
		return err
	}
	env.Printf("%s\n", key)
	env.Notef("This is the witness's verifier key. Give it to the press, and to readers for their policy files.\n")
	return nil
}

func runTrust(_ context.Context, env *cli.Env, args []string) error {
	fl := flag.NewFlagSet("witness trust", flag.ContinueOnError)
	dir := fl.String("dir", "", "")
	if err := cli.ParseFlags(fl, args); err != nil {
		return err
	}
	if *dir == "" || fl.NArg() != 1 {
		return cli.Usagef("witness trust needs --dir and then one log key")
	}
	key, err := tlog.ParseLogKey(fl.Arg(0))
	if err != nil {
		return err
	}
	if err := witness.Trust(*dir, key); err != nil {
		return err
	}
	env.Notef("This witness cosigns the log %s from now on.\n", key.Origin())
	return nil
}

func runServe(ctx context.Context, env *cli.Env, args []string) error {
	fl := flag.NewFlagSet("witness serve", flag.ContinueOnError)
	dir := fl.String("dir", "", "")
	listen := fl.String("listen", "127.0.0.1:0", "")
	addrFile := fl.String("addr-file", "", "")
	if err := cli.ParseFlags(fl, args); err != nil {
		return err
	}
	if *dir == "" || fl.NArg() > 0 {
		return cli.Usagef("witness serve needs --dir, and takes --listen and --addr-file")
	}
	w, err := witness.Open(*dir, time.Now)
	if errors.Is(err, fs.ErrNotExist) {
		return cli.WithHint(fmt.Errorf("%s is not the folder of a witness", *dir), "set one up with: tamizdat witness init")
	}
	if err != nil {
		return err
	}
	return errors.Join(serve(ctx, env, w, *listen, *addrFile), w.Close())
}

func serve(ctx context.Context, env *cli.Env, w *witness.Witness, listen, addrFile string) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	url := "http://" + l.Addr().String()
	if addrFile != "" {
		if err := durable.WriteFile(addrFile, []byte(url+"\n"), 0o644); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	env.Printf("%s\n", url)
	env.Notef("Witness %s is listening. Stop it with Ctrl-C.\n", w.Key().Name())
	s := &http.Server{
		Handler: w.Handler(), ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	stop := context.AfterFunc(ctx, func() { shutdown(s) })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// shutdown lets running requests finish: a cosignature that was stored should
// reach the log that asked for it.
func shutdown(s *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = s.Shutdown(ctx) // what is cut off asks again
}
