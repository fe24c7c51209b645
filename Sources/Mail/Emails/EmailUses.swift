package import Segments

extension SegmentUse {
  /// E-mails that are sent to a segment, or leave it out. They need it only when they are sent, so that it may be unpublished.
  package static let emails = SegmentUse(kind: "emails", isGuarding: false) { segment, connection in
    try await connection.query(
      """
      SELECT id, name FROM emails
      WHERE id IN (SELECT email_id FROM email_segments WHERE segment_id = \(segment))
      ORDER BY lower(name), id
      """
    ).map { Record(id: try $0.decode("id"), name: try $0.decode("name")) }
  }
}
