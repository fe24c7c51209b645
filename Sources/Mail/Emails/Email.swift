package import Contacts
package import Foundation
package import Primitives

/// By what the versions of a test are compared (EML-153).
package enum WinnerCriteria: String, Sendable, CaseIterable {
  /// Opened over sent.
  case openRate = "email.openrate"
  /// With a link that was followed over sent.
  case clickThrough = "email.clickthrough"
}

/// What somebody writes of an e-mail (email.md 2.1).
package struct EmailValues: Sendable, Equatable {
  /// The name for people who work with it.
  package var name = ""
  /// What it is for.
  package var description: String?
  /// The category's number.
  package var category: Int64?
  /// Whether other parts send it.
  package var type = EmailType.template
  /// The subject; tokens are allowed.
  package var subject = ""
  /// What mail programs show beside the subject.
  package var preheader: String?
  package var html: String?
  /// The content as plain text; made of the HTML where there is none.
  package var plainText: String?
  /// The name of the theme that it was made with.
  package var template: String?
  /// The sender's name; the system's where there is none.
  package var fromName: String?
  /// The sender's address; the system's where there is none.
  package var fromAddress: String?
  /// Where answers go.
  package var replyTo: String?
  /// Who gets a copy of each message.
  package var bcc: String?
  /// Whether the contact's owner is the sender; the system's setting where nothing is said.
  package var usesOwner: Bool?
  /// What is put behind the URLs of counted links: source, medium, campaign and content.
  package var utm = UTMValues()
  /// Further headers.
  package var headers: [String: String] = [:]
  /// The language, such as `en` or `pt_BR`.
  package var language = "en"
  /// The e-mail of which this is a translation.
  package var translationParent: Int64?
  /// The e-mail of which this is a variant.
  package var variantParent: Int64?
  /// The variant's share in percent.
  package var variantWeight: Int?
  /// By what the versions are compared when it is tested.
  package var winnerCriteria: WinnerCriteria?
  /// Whether anybody may look at it.
  package var publicPreview = false
  /// Whether it may be sent.
  package var isPublished = true
  /// From when on it may be sent; one with segments is sent by itself then (EML-132).
  package var publishUp: Date?
  /// Until when it may be sent.
  package var publishDown: Date?
  /// The form on its unsubscribe page.
  package var unsubscribeForm: Int64?
  /// The page that is its preference centre.
  package var preferenceCenter: Int64?
  /// Content that depends on the contact, as it was sent.
  package var dynamicContent = JSONValue.array([])
  /// Files that go with it.
  package var assets: [Int64] = []
  /// The segments whose members get it, in order.
  package var segments: [Int64] = []
  /// The segments whose members do not get it.
  package var excludedSegments: [Int64] = []

  /// The values of a new e-mail.
  package init() {}
}

/// An e-mail.
package struct Email: Sendable, Identifiable, Equatable {
  /// How often something happened to it.
  package struct Counters: Sendable, Equatable {
    /// Sent, as this version and as a variant.
    package var sent = 0
    /// Opened for the first time.
    package var read = 0
    /// Sent since variants began.
    package var variantSent = 0
    /// Opened since variants began.
    package var variantRead = 0
    /// Links followed.
    package var clicks = 0
    /// Links followed for the first time by a send.
    package var uniqueClicks = 0
    /// Contacts who unsubscribed by it.
    package var unsubscribed = 0
    /// Came back.
    package var bounced = 0
    /// Given up.
    package var failed = 0
  }

  /// The e-mail's id.
  package var id: Int64
  /// What somebody has written of it.
  package var values: EmailValues
  package var categoryRecord: CategorySummary?
  /// The segments as others show them, in order.
  package var segmentRecords: [SegmentSummary]
  /// When variants began.
  package var variantStart: Date?
  package var variants: [Int64]
  package var translations: [Int64]
  /// How often something happened to it.
  package var counters: Counters
  /// Grows with every change.
  package var revision: Int
  /// When it was made and changed.
  package var dates: RecordDates
}

/// The short form of a segment inside other records (api.md 4).
package struct SegmentSummary: Sendable, Identifiable, Equatable {
  /// The segment's id.
  package var id: Int64
  package var name: String
  /// The name that contacts see.
  package var publicName: String
  /// The name in searches.
  package var alias: String
  /// What it is for.
  package var description: String?
  package var category: CategorySummary?
}
