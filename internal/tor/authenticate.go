// SPDX-License-Identifier: Apache-2.0

package tor

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"tamizdat/internal/cli"
)

// Sizes and keys of SAFECOOKIE (control-spec, "AUTHCHALLENGE").
const (
	cookieSize = 32
	nonceSize  = 32
	serverKey  = "Tor safe cookie authentication server-to-controller hash"
	clientKey  = "Tor safe cookie authentication controller-to-server hash"
)

// authenticate proves to tor that we may read its cookie. Where tor can, it
// proves first that it has read the cookie as well (SAFECOOKIE). The older way,
// which hands out the cookie, is taken only over a unix socket: whoever listened
// at a port in tor's place could name any file of 32 bytes and be given it.
func (c *Control) authenticate(ctx context.Context, unix bool) error {
	methods, file, err := c.protocolInfo(ctx)
	switch {
	case err != nil:
		return err
	case slices.Contains(methods, "NULL"):
		_, err = c.do(ctx, "AUTHENTICATE")
		return err
	case slices.Contains(methods, "SAFECOOKIE"):
		return c.withCookie(file, func(cookie []byte) error { return c.safeCookie(ctx, cookie) })
	case slices.Contains(methods, "COOKIE") && unix:
		return c.withCookie(file, func(cookie []byte) error { return c.prove(ctx, cookie) })
	}
	return cli.WithHint(fmt.Errorf("%w: it offers no way with a cookie", ErrAuthentication), "set CookieAuthentication 1 in its torrc")
}

// protocolInfo asks how to authenticate.
func (c *Control) protocolInfo(ctx context.Context) (methods []string, cookieFile string, err error) {
	rep, err := c.do(ctx, "PROTOCOLINFO 1")
	if err != nil {
		return nil, "", err
	}
	for _, l := range rep.lines {
		if auth, ok := strings.CutPrefix(l.text, "AUTH "); ok {
			f := fields(auth)
			methods, cookieFile = strings.Split(f["METHODS"], ","), f["COOKIEFILE"]
		}
	}
	if methods == nil {
		return nil, "", errReply("it does not say how to authenticate")
	}
	return methods, cookieFile, nil
}

// withCookie reads the cookie and uses it.
func (c *Control) withCookie(file string, use func([]byte) error) error {
	cookie, err := readCookie(file)
	if errors.Is(err, fs.ErrPermission) {
		return cli.WithHint(fmt.Errorf("%w: its cookie may not be read by this user", ErrAuthentication),
			"add the user of this program to the group of tor, on Debian: debian-tor")
	}
	if err != nil {
		return fmt.Errorf("%w: %v", ErrAuthentication, err)
	}
	return use(cookie)
}

// readCookie reads a file that must have the size of a cookie: its name came
// from whoever listens.
func readCookie(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() != cookieSize {
		return nil, errors.New("the file that it names is not a cookie")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cookie := make([]byte, cookieSize)
	_, err = io.ReadFull(f, cookie)
	return cookie, err
}

// safeCookie has tor prove that it knows the cookie, and proves it to tor,
// without either saying it.
func (c *Control) safeCookie(ctx context.Context, cookie []byte) error {
	ours := make([]byte, nonceSize)
	rand.Read(ours)
	rep, err := c.do(ctx, "AUTHCHALLENGE SAFECOOKIE "+hex.EncodeToString(ours))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAuthentication, err)
	}
	text, _ := strings.CutPrefix(rep.lines[0].text, "AUTHCHALLENGE ")
	f := fields(text)
	hash, err1 := hex.DecodeString(f["SERVERHASH"])
	theirs, err2 := hex.DecodeString(f["SERVERNONCE"])
	if err1 != nil || err2 != nil || len(theirs) != nonceSize {
		return errReply("a challenge that is none")
	}
	said := slices.Concat(cookie, ours, theirs)
	if !hmac.Equal(hash, mac(serverKey, said)) {
		return fmt.Errorf("%w: it does not know the cookie that it named, so it may not be tor", ErrAuthentication)
	}
	return c.prove(ctx, mac(clientKey, said))
}

func (c *Control) prove(ctx context.Context, secret []byte) error {
	if _, err := c.do(ctx, "AUTHENTICATE "+hex.EncodeToString(secret)); err != nil {
		return fmt.Errorf("%w: %w", ErrAuthentication, err)
	}
	return nil
}

func mac(key string, said []byte) []byte {
	m := hmac.New(sha256.New, []byte(key))
	m.Write(said)
	return m.Sum(nil)
}
