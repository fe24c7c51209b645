package import Foundation

/// An engagement of a contact, or an event that concerns it, which may give points.
package struct PointEngagement: Sendable {
  /// The type of the engagement.
  package var type: PointActionType
  /// The contact's id.
  package var contact: Int64
  /// The unique id among engagements of its type, such as the id of a hit: a rule counts an engagement once,
  /// however often it is recorded (PTS-11). Not empty.
  package var id: String
  /// The ids of its subjects: the e-mail, form, page or asset, and what it also counts as, such as the parent of
  /// a variant.
  package var subjects: [Int64]
  /// The complete address of a visited URL.
  package var url: String?
  /// The name of an event that an app or a server told.
  package var event: String?
  /// The contact's earlier visits by pattern, for a visited URL; see ``PointActions/patterns(on:)``.
  package var visits: [String: UrlVisits]
  /// The instant of the engagement.
  package var at: Date
  /// The id of the IP address that it came from.
  package var ipID: Int64?
  /// Whether a machine did it, such as a program that fetches pictures in advance.
  package var isByMachine = false
  /// Whether it was done by a logged-in user, so that it does not count (PTS-12).
  package var isByUser: Bool

  package init(
    _ type: PointActionType, contact: Int64, id: String, subjects: [Int64] = [],
    url: String? = nil, event: String? = nil, visits: [String: UrlVisits] = [:], at: Date,
    ipID: Int64? = nil, isByUser: Bool = false
  ) {
    self.event = event
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

/// The earlier visits of one contact to the addresses of a pattern.
package struct UrlVisits: Sendable, Equatable {
  /// The number of visits.
  package var count: Int
  /// Their total duration in seconds.
  package var seconds: Int
  /// The instant of the last visit.
  package var last: Date?

  /// Creates visits; by default there are none.
  package init(count: Int = 0, seconds: Int = 0, last: Date? = nil) {
    self.count = count
    self.seconds = seconds
    self.last = last
  }
}
