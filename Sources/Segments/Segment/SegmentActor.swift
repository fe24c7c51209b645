import Users

/// The user or system that reads or changes segments.
package struct SegmentActor: Sendable, Equatable {
  /// The user's id; nil for the system itself.
  package var id: Int64?
  /// The name for records.
  package var name: String?
  /// The address of the client whose request it is; nil without one.
  package var address: String?
  /// Whether other users' private segments are accessible too.
  package var isAdministrator: Bool

  /// Creates an actor.
  package init(id: Int64?, name: String?, address: String? = nil, isAdministrator: Bool) {
    self.id = id
    self.name = name
    self.address = address
    self.isAdministrator = isAdministrator
  }

  /// The system itself, and the operator at the command line.
  package static let system = SegmentActor(id: nil, name: nil, isAdministrator: true)

  var author: Author { Author(id: id, name: name, address: address) }

  /// Whether a segment is accessible: public, or the actor's own (segments.md 11).
  package func mayUse(_ segment: Segment) -> Bool {
    mayUse(isGlobal: segment.isGlobal, createdBy: segment.dates.createdBy)
  }

  func mayUse(_ segment: SegmentCatalog.Entry) -> Bool {
    mayUse(isGlobal: segment.isGlobal, createdBy: segment.createdBy)
  }

  private func mayUse(isGlobal: Bool, createdBy: Int64?) -> Bool {
    isAdministrator || isGlobal || (id != nil && createdBy == id)
  }
}
