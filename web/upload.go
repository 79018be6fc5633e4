package web

// reads reports whether the server reads documents.
func (s *Server) reads() bool { return false }
