// SPDX-License-Identifier: Apache-2.0

package witness

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tamizdat/press/tlog"
)

const (
	// MaxRequest is the largest body of add-checkpoint, in bytes.
	MaxRequest  = 64 << 10
	maxAnswer   = 16 << 10
	maxProof    = 63
	sizeType    = "text/x.tlog.size"
	callTimeout = 30 * time.Second
)

// FormatRequest writes the body of add-checkpoint.
func FormatRequest(r Request) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", r.Old)
	for _, h := range r.Proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteByte('\n')
	b.Write(r.Checkpoint)
	return b.Bytes()
}

// ParseRequest is the inverse of [FormatRequest]. The checkpoint inside is
// not looked at.
func ParseRequest(body []byte) (Request, error) {
	if len(body) > MaxRequest {
		return Request{}, fmt.Errorf("%w: more than %d bytes", ErrMalformed, MaxRequest)
	}
	upper, checkpoint, ok := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(upper), "\n")
	digits, ok2 := strings.CutPrefix(lines[0], "old ")
	old, err := strconv.ParseInt(digits, 10, 64)
	if !ok || !ok2 || err != nil || old < 0 || strconv.FormatInt(old, 10) != digits || len(lines) > 1+maxProof {
		return Request{}, fmt.Errorf("%w: it does not begin with “old” and a size", ErrMalformed)
	}
	r := Request{Old: old, Checkpoint: checkpoint}
	for i, line := range lines[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(h) != len(tlog.Hash{}) || len(line) != 44 {
			return Request{}, fmt.Errorf("%w: line %d is not the base64 of a hash", ErrMalformed, i+2)
		}
		r.Proof = append(r.Proof, tlog.Hash(h))
	}
	return r, nil
}

// Handler serves add-checkpoint. It logs nothing: requests name logs and come
// from newsrooms.
func (w *Witness) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", w.serveAdd)
	return mux
}

func (w *Witness) serveAdd(rw http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, req.Body, MaxRequest))
	if err != nil {
		http.Error(rw, ErrMalformed.Error(), http.StatusBadRequest)
		return
	}
	r, err := ParseRequest(body)
	var line string
	if err == nil {
		line, err = w.AddCheckpoint(req.Context(), r)
	}
	if err != nil {
		refuse(rw, err)
		return
	}
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(rw, line) // a client that left asks again
}

func refuse(rw http.ResponseWriter, err error) {
	var size *SizeError
	if errors.As(err, &size) {
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(http.StatusConflict)
		fmt.Fprintf(rw, "%d\n", size.Size)
		return
	}
	for _, s := range statuses() {
		if errors.Is(err, s.err) {
			http.Error(rw, s.err.Error(), s.code)
			return
		}
	}
	http.Error(rw, ErrInternal.Error(), http.StatusInternalServerError)
}

type status struct {
	code int
	err  error
}

func statuses() []status {
	return []status{
		{http.StatusBadRequest, ErrMalformed},
		{http.StatusForbidden, ErrUnsigned},
		{http.StatusNotFound, ErrUnknownLog},
		{http.StatusConflict, ErrFork},
		{http.StatusUnprocessableEntity, ErrInconsistent},
		{http.StatusInternalServerError, ErrInternal},
	}
}

// Client calls a witness over HTTP.
type Client struct {
	URL  string // submission prefix, without a slash at its end
	HTTP *http.Client
}

// AddCheckpoint sends the request and gives the answer's signature lines, not
// verified.
func (c Client) AddCheckpoint(ctx context.Context, r Request) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/add-checkpoint", bytes.NewReader(FormatRequest(r)))
	if err != nil {
		return "", err
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil || len(body) > maxAnswer {
		return "", errors.Join(ErrProtocol, err)
	}
	if res.StatusCode == http.StatusOK {
		return string(body), nil
	}
	return "", answerError(res.StatusCode, res.Header.Get("Content-Type"), string(body))
}

func answerError(code int, contentType, body string) error {
	if code == http.StatusConflict && contentType == sizeType {
		digits := strings.TrimSuffix(body, "\n")
		size, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || size < 0 {
			return ErrProtocol
		}
		return &SizeError{Size: size}
	}
	for _, s := range statuses() {
		if s.code == code {
			return s.err
		}
	}
	return fmt.Errorf("%w (status %d)", ErrProtocol, code)
}
