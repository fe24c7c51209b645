/// The input for a contact as sent: parsed, but not checked.
package struct ContactInput: Sendable {
  /// A field value as given.
  package enum Value: Sendable, Equatable {
    /// A text; numbers and booleans as a form would send them, choices joined by `|`.
    case text(String)
    /// Nothing: null, an empty text, an empty list.
    case blank
    /// A value that no field accepts, such as an object.
    case nonsense
  }

  /// A member that may be absent, blank or given.
  package enum Member<Content: Sendable & Equatable>: Sendable, Equatable {
    case absent
    case cleared
    case given(Content)
  }

  /// A do-not-contact entry to write, or to remove if it has no reason.
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

  /// The values by alias. Aliases that are not published fields of contacts are ignored
  /// (contacts.md 12).
  package var values: [String: Value] = [:]
  /// The id of the owner.
  package var owner = Member<Int64>.absent
  /// The stage.
  package var stage = Member<StageReference>.absent
  package var addedTags: [String] = []
  /// The tags to remove (CON-42).
  package var removedTags: [String] = []
  /// An IP address at which the contact was seen.
  package var ipAddress: String?
  /// Do-not-contact entries.
  package var doNotContact: [DoNotContactEntry] = []
  /// All companies of the contact; `nil` leaves them unchanged.
  package var companies: [Int64]?
  /// The frequency rules by channel; other channels keep their rule.
  package var frequencyRules: [String: FrequencyRuleChange] = [:]
  /// Whether blanks and 0 overwrite values (api.md 8.1, rule 2).
  package var overwritesWithBlank = false

  /// Creates an empty input.
  package init() {}

  /// Whether nothing but values of fields is given, and perhaps an address.
  var isSimple: Bool {
    var input = self
    input.ipAddress = nil
    return input.refersToNothing
  }

  /// Whether nothing but values of fields is given.
  var refersToNothing: Bool { isAlone && owner == .absent && stage == .absent }

  /// Whether nothing but columns of the contact is given, companies by name apart.
  var isAlone: Bool {
    addedTags.isEmpty && removedTags.isEmpty && ipAddress == nil && doNotContact.isEmpty
      && companies == nil && frequencyRules.isEmpty
  }
}

/// The mode of an edit (api.md 8.1, rules 1 to 4).
package enum ContactEditMode: Sendable {
  /// Creates a contact, or changes the one with the unique identifiers (`POST`).
  case upsert
  /// Changes the given members (`PATCH`).
  case patch
  /// Replaces all members: omitted ones get their default, or nothing (`PUT`).
  case replace
}
