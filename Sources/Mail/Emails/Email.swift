public import Contacts
public import Foundation

/// Whether other parts send an e-mail, or it has recipients of its own.
public enum EmailType: String, Sendable, Codable {
  /// Sent by campaigns, forms, triggers and directly.
  case template
  /// Sent to the members of its segments, once to each (EML-130).
  case list
}

/// By what the versions of a test are compared (EML-153).
public enum WinnerCriteria: String, Sendable, CaseIterable {
  /// Opened over sent.
  case openRate = "email.openrate"
  /// With a link that was followed over sent.
  case clickThrough = "email.clickthrough"
}

/// What somebody writes of an e-mail (email.md 2.1).
public struct EmailValues: Sendable, Equatable {
  /// The name for people who work with it.
  public var name = ""
  /// What it is for.
  public var description: String?
  /// The category's number.
  public var category: Int64?
  /// Whether other parts send it.
  public var type = EmailType.template
  /// The subject; tokens are allowed.
  public var subject = ""
  /// What mail programs show beside the subject.
  public var preheader: String?
  /// The content.
  public var html: String?
  /// The content as plain text; made of the HTML where there is none.
  public var plainText: String?
  /// The name of the theme that it was made with.
  public var template: String?
  /// The sender's name; the system's where there is none.
  public var fromName: String?
  /// The sender's address; the system's where there is none.
  public var fromAddress: String?
  /// Where answers go.
  public var replyTo: String?
  /// Who gets a copy of each message.
  public var bcc: String?
  /// Whether the contact's owner is the sender; the system's setting where nothing is said.
  public var usesOwner: Bool?
  /// What is put behind the URLs of counted links: source, medium, campaign and content.
  public var utm = UTMValues()
  /// Further headers.
  public var headers: [String: String] = [:]
  /// The language, such as `en` or `pt_BR`.
  public var language = "en"
  /// The e-mail of which this is a translation.
  public var translationParent: Int64?
  /// The e-mail of which this is a variant.
  public var variantParent: Int64?
  /// The variant's share in percent.
  public var variantWeight: Int?
  /// By what the versions are compared when it is tested.
  public var winnerCriteria: WinnerCriteria?
  /// Whether anybody may look at it.
  public var publicPreview = false
  /// Whether it may be sent.
  public var isPublished = true
  /// From when on it may be sent; one with segments is sent by itself then (EML-132).
  public var publishUp: Date?
  /// Until when it may be sent.
  public var publishDown: Date?
  /// The form on its unsubscribe page.
  public var unsubscribeForm: Int64?
  /// The page that is its preference centre.
  public var preferenceCenter: Int64?
  /// Content that depends on the contact, as it was sent.
  public var dynamicContent = JSONValue.array([])
  /// Files that go with it.
  public var assets: [Int64] = []
  /// The segments whose members get it, in order.
  public var segments: [Int64] = []
  /// The segments whose members do not get it.
  public var excludedSegments: [Int64] = []

  /// The values of a new e-mail.
  public init() {}
}

/// What is put behind URLs, so that a site knows where its visitors come from.
public struct UTMValues: Sendable, Equatable {
  /// `utm_source`
  public var source: String?
  /// `utm_medium`
  public var medium: String?
  /// `utm_campaign`
  public var campaign: String?
  /// `utm_content`
  public var content: String?

  /// Nothing.
  public init() {}

  /// Names and values of what is set.
  var pairs: [(String, String)] {
    [
      ("utm_source", source), ("utm_medium", medium), ("utm_campaign", campaign),
      ("utm_content", content),
    ].compactMap { name, value in value.flatMap { $0.isEmpty ? nil : (name, $0) } }
  }
}

/// An e-mail.
public struct Email: Sendable, Identifiable, Equatable {
  /// How often something happened to it.
  public struct Counters: Sendable, Equatable {
    /// Sent, as this version and as a variant.
    public var sent = 0
    /// Opened for the first time.
    public var read = 0
    /// Sent since variants began.
    public var variantSent = 0
    /// Opened since variants began.
    public var variantRead = 0
    /// Links followed.
    public var clicks = 0
    /// Links followed for the first time by a send.
    public var uniqueClicks = 0
    /// Contacts who unsubscribed by it.
    public var unsubscribed = 0
    /// Came back.
    public var bounced = 0
    /// Given up.
    public var failed = 0
  }

  /// The e-mail's number.
  public var id: Int64
  /// What somebody has written of it.
  public var values: EmailValues
  /// The category.
  public var categoryRecord: CategorySummary?
  /// The segments as others show them, in order.
  public var segmentRecords: [SegmentSummary]
  /// When variants began.
  public var variantStart: Date?
  /// Its variants.
  public var variants: [Int64]
  /// Its translations.
  public var translations: [Int64]
  /// How often something happened to it.
  public var counters: Counters
  /// Grows with every change.
  public var revision: Int
  /// When it was made and changed.
  public var dates: RecordDates
}

/// The short form of a segment inside other records (api.md 4).
public struct SegmentSummary: Sendable, Identifiable, Equatable {
  /// The segment's number.
  public var id: Int64
  /// The name.
  public var name: String
  /// The name that contacts see.
  public var publicName: String
  /// The name in searches.
  public var alias: String
  /// What it is for.
  public var description: String?
  /// The category.
  public var category: CategorySummary?
}
