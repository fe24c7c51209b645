/// The input for a contact as it was sent: read, not yet checked.
package struct ContactInput: Sendable {
  /// The value of a field as it was given.
  package enum Value: Sendable, Equatable {
    /// A text; numbers and booleans as a form would send them, choices joined by `|`.
    case text(String)
    /// Nothing: null, an empty text, an empty list.
    case blank
    /// Something that is no value of any field, such as an object.
    case nonsense
  }

  /// A member that may be given, or given as nothing.
  package enum Member<Content: Sendable & Equatable>: Sendable, Equatable {
    case absent
    case cleared
    case given(Content)
  }

  /// A do-not-contact entry to write, or with no reason to remove.
  package struct DoNotContactEntry: Sendable, Equatable {
    package var channel: String
    /// The reason; `nil` removes the entry.
    package var reason: DoNotContactReason?
    /// The comment.
    package var comments: String?
    /// The message that caused it.
    package var channelID: Int64?

    package init(
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
  package var values: [String: Value] = [:]
  /// The owner's number.
  package var owner = Member<Int64>.absent
  /// The stage's id.
  package var stage = Member<StageReference>.absent
  package var addedTags: [String] = []
  /// Tags to take away (CON-42).
  package var removedTags: [String] = []
  /// An address the contact was seen at.
  package var ipAddress: String?
  /// Do-not-contact entries.
  package var doNotContact: [DoNotContactEntry] = []
  /// The companies of the contact, all of them; `nil` leaves them alone.
  package var companies: [Int64]?
  /// The frequency rules by channel; other channels keep their rule.
  package var frequencyRules: [String: FrequencyRuleChange] = [:]
  /// Whether nothing and 0 overwrite values (api.md 8.1, rule 2).
  package var overwritesWithBlank = false

  /// An empty input.
  package init() {}
}

/// The mode of an edit (api.md 8.1, rules 1 to 4).
package enum ContactEditMode: Sendable {
  /// A new contact, or the one that has the unique identifiers (`POST`).
  case upsert
  /// The members given (`PATCH`).
  case patch
  /// All members: what is not given gets its default, or nothing (`PUT`).
  case replace
}
