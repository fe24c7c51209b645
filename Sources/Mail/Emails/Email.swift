package import Contacts
package import Foundation
package import Primitives

/// The rate by which the versions of a test are compared (EML-153).
package enum WinnerCriteria: String, Sendable, CaseIterable {
  /// Opened sends over all sends.
  case openRate = "email.openrate"
  /// Sends with a click over all sends.
  case clickThrough = "email.clickthrough"
}

/// The editable values of an e-mail (email.md 2.1).
package struct EmailValues: Sendable, Equatable {
  /// The internal name.
  package var name = ""
  /// The description.
  package var description: String?
  /// The category's id.
  package var category: Int64?
  /// Whether other modules send it, or it goes to its own segments.
  package var type = EmailType.template
  /// The subject, which may contain tokens.
  package var subject = ""
  /// The preview text that mail programs show beside the subject.
  package var preheader: String?
  package var html: String?
  /// The content as plain text; derived from the HTML if there is none.
  package var plainText: String?
  /// The name of the theme.
  package var template: String?
  /// The sender's name; nil for the system's.
  package var fromName: String?
  /// The sender's address; nil for the system's.
  package var fromAddress: String?
  /// The reply-to address.
  package var replyTo: String?
  /// The addresses that get a copy of each message.
  package var bcc: String?
  /// Whether the contact's owner is the sender; nil for the system's setting.
  package var usesOwner: Bool?
  /// The parameters added to the URLs of tracked links.
  package var utm = UTMValues()
  /// Additional headers.
  package var headers: [String: String] = [:]
  /// The language, such as `en` or `pt_BR`.
  package var language = "en"
  /// The e-mail of which this is a translation.
  package var translationParent: Int64?
  /// The e-mail of which this is a variant.
  package var variantParent: Int64?
  /// The variant's share in percent.
  package var variantWeight: Int?
  /// The rate by which the versions of a test are compared.
  package var winnerCriteria: WinnerCriteria?
  /// Whether the preview is public.
  package var publicPreview = false
  /// Whether it may be sent.
  package var isPublished = true
  /// The instant from which it may be sent; one with segments is then sent automatically (EML-132).
  package var publishUp: Date?
  /// The instant until which it may be sent.
  package var publishDown: Date?
  /// The form on its unsubscribe page.
  package var unsubscribeForm: Int64?
  /// The page that is its preference centre.
  package var preferenceCenter: Int64?
  /// The dynamic content, as it was received.
  package var dynamicContent = JSONValue.array([])
  /// The ids of attached files.
  package var assets: [Int64] = []
  /// The segments whose members receive it, in order.
  package var segments: [Int64] = []
  /// The segments whose members do not receive it.
  package var excludedSegments: [Int64] = []

  /// Creates the values of a new e-mail.
  package init() {}
}

/// An e-mail.
package struct Email: Sendable, Identifiable, Equatable {
  /// The counters of an e-mail.
  package struct Counters: Sendable, Equatable {
    /// The number of sends, as this version and as a variant.
    package var sent = 0
    /// The number of sends that were opened.
    package var read = 0
    /// The number of sends that only machines opened.
    package var machineRead = 0
    /// The number of sends since the test of variants began.
    package var variantSent = 0
    /// The number of sends that were opened since the test of variants began.
    package var variantRead = 0
    /// The number of clicks.
    package var clicks = 0
    /// The number of clicks of machines.
    package var machineClicks = 0
    /// The number of clicks that were the first of their send on a link.
    package var uniqueClicks = 0
    /// The number of contacts who unsubscribed through it.
    package var unsubscribed = 0
    /// The number of bounced sends.
    package var bounced = 0
    /// The number of failed sends.
    package var failed = 0
  }

  /// The e-mail's id.
  package var id: Int64
  /// The editable values.
  package var values: EmailValues
  package var categoryRecord: CategorySummary?
  /// The segments as other modules show them, in order.
  package var segmentRecords: [SegmentSummary]
  /// The instant at which the test of variants began.
  package var variantStart: Date?
  package var variants: [Int64]
  package var translations: [Int64]
  /// The counters.
  package var counters: Counters
  /// The revision, which grows with every change.
  package var revision: Int
  /// The dates of creation and last change.
  package var dates: RecordDates
}

/// The short form of a segment within other records (api.md 4).
package struct SegmentSummary: Sendable, Identifiable, Equatable {
  /// The segment's id.
  package var id: Int64
  package var name: String
  /// The name that contacts see.
  package var publicName: String
  /// The alias used in searches.
  package var alias: String
  /// The description.
  package var description: String?
  package var category: CategorySummary?
}
