package tutor

import (
	"errors"
	"fmt"
)

// Code classifies an error for whoever has to act on it. One table in web maps
// each code to an HTTP status and a socket event.
type Code string

// The codes of protocol v1.
const (
	CodeInvalid      Code = "invalid"      // the request is wrong; the message says how to mend it
	CodeNotFound     Code = "not_found"    // no such thing, or none that the caller may see
	CodeConflict     Code = "conflict"     // the thing changed meanwhile, or the id is taken by other content
	CodeUnauthorized Code = "unauthorized" // sign in first
	CodeForbidden    Code = "forbidden"    // signed in, but not allowed
	CodeRateLimited  Code = "rate_limited" // try again later
	CodeUnavailable  Code = "unavailable"  // a part is down or draining; the same request may succeed later
	CodeRefused      Code = "refused"      // understood and declined by policy
	CodeInternal     Code = "internal"     // a fault of ours
)

// Error is the only error type that crosses a package border. Message is
// written for the person who reads it and says what to do next; Err is the
// cause, for the log, and never reaches a client.
type Error struct {
	Code    Code
	Message string
	Err     error
}

// Error returns the message, followed by the cause when there is one.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error whose message is formatted as by fmt.Sprintf. Clients
// read all of it: use WrapError for a cause that they must not see.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// WrapError makes an Error around a cause that is logged but never shown to a
// client. It returns nil when err is nil, and err itself when err already
// carries a code.
func WrapError(err error, code Code, message string) error {
	if err == nil {
		return nil
	}
	var coded *Error
	if errors.As(err, &coded) {
		return err
	}
	return &Error{Code: code, Message: message, Err: err}
}

// ErrorCode returns the code of err: "" for nil, CodeInternal for an error
// without one.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	var coded *Error
	if errors.As(err, &coded) {
		return coded.Code
	}
	return CodeInternal
}

// ErrorMessage returns what a client may read of err: its Message, or a general
// sentence for an error without a code.
func ErrorMessage(err error) string {
	if err == nil {
		return ""
	}
	var coded *Error
	if errors.As(err, &coded) {
		return coded.Message
	}
	return "Something went wrong on our side. Please try again; if it stays, tell your administrator."
}
