package import Foundation

/// Something that a contact did, or that happened to it, and that may bring points.
package struct PointEngagement: Sendable {
  /// What.
  package var type: PointActionType
  /// Who.
  package var contact: Int64
  /// What tells this act from all others of its type, such as the number of a hit: a rule counts an act
  /// once, however often it is recorded (PTS-11). Not empty.
  package var id: String
  /// What it was about: the e-mail, form, page or asset, and what that counts as besides, such as the
  /// page that a variant belongs to.
  package var subjects: [Int64]
  /// The whole address, of a visited URL.
  package var url: String?
  /// Earlier visits of the contact by pattern, of a visited URL; see ``PointActions/patterns(on:)``.
  package var visits: [String: UrlVisits]
  /// When.
  package var at: Date
  /// The address from which it came.
  package var ipID: Int64?
  /// Whether a user did it who was logged in: then it does not count (PTS-12).
  package var isByUser: Bool

  package init(
    _ type: PointActionType, contact: Int64, id: String, subjects: [Int64] = [],
    url: String? = nil, visits: [String: UrlVisits] = [:], at: Date, ipID: Int64? = nil,
    isByUser: Bool = false
  ) {
    self.type = type
    self.contact = contact
    self.id = id
    self.subjects = subjects
    self.url = url
    self.visits = visits
    self.at = at
    self.ipID = ipID
    self.isByUser = isByUser
  }
}

/// Earlier visits of one contact to the addresses of a pattern.
package struct UrlVisits: Sendable, Equatable {
  /// How many.
  package var count: Int
  /// How long they lasted together.
  package var seconds: Int
  /// When the last one was.
  package var last: Date?

  /// Visits; none unless told otherwise.
  package init(count: Int = 0, seconds: Int = 0, last: Date? = nil) {
    self.count = count
    self.seconds = seconds
    self.last = last
  }
}
