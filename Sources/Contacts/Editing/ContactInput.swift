/// What is to become of a contact, as somebody wrote it: read, but not checked yet.
public struct ContactInput: Sendable {
  /// The value of a field as it was given.
  public enum Value: Sendable, Equatable {
    /// A text; numbers and booleans as a form would send them, choices joined by `|`.
    case text(String)
    /// Nothing: null, an empty text, an empty list.
    case blank
    /// Something that is no value of any field, such as an object.
    case nonsense
  }

  /// A member that may be given, or given as nothing.
  public enum Member<Content: Sendable & Equatable>: Sendable, Equatable {
    case absent
    case cleared
    case given(Content)
  }

  /// A do-not-contact entry to write, or with no reason to remove.
  public struct DoNotContactEntry: Sendable, Equatable {
    /// The channel.
    public var channel: String
    /// Why; `nil` removes the entry.
    public var reason: DoNotContactReason?
    /// What to say about it.
    public var comments: String?
    /// The message that caused it.
    public var channelID: Int64?

    /// An entry.
    public init(
      channel: String, reason: DoNotContactReason?, comments: String? = nil,
      channelID: Int64? = nil
    ) {
      self.channel = channel
      self.reason = reason
      self.comments = comments
      self.channelID = channelID
    }
  }

  /// Values by alias. Aliases that are no published field of contacts are ignored (contacts.md 12).
  public var values: [String: Value] = [:]
  /// The owner's number.
  public var owner = Member<Int64>.absent
  /// The stage's number.
  public var stage = Member<StageReference>.absent
  /// Tags to add.
  public var addedTags: [String] = []
  /// Tags to take away (CON-42).
  public var removedTags: [String] = []
  /// An address the contact was seen at.
  public var ipAddress: String?
  /// Do-not-contact entries.
  public var doNotContact: [DoNotContactEntry] = []
  /// The companies of the contact, all of them; `nil` leaves them alone.
  public var companies: [Int64]?
  /// How often the contact may be written to, by channel; other channels keep their rule.
  public var frequencyRules: [String: FrequencyRuleChange] = [:]
  /// Whether nothing and 0 overwrite values (api.md 8.1, rule 2).
  public var overwritesWithBlank = false

  /// Nothing.
  public init() {}
}

/// A stage by number, or by name (CON-14).
public enum StageReference: Sendable, Equatable {
  case id(Int64)
  case name(String)
}

/// How an input is meant (api.md 8.1, rules 1 to 4).
public enum ContactEditMode: Sendable {
  /// A new contact, or the one that has the unique identifiers (`POST`).
  case upsert
  /// The members given (`PATCH`).
  case patch
  /// All members: what is not given gets its default, or nothing (`PUT`).
  case replace
}
