/// What the one who creates an import asks for (api.md 11.2).
package struct ImportOptions: Sendable, Hashable, Codable {
  /// What the rows are.
  package var object: ImportObject
  /// The file's name, shown in lists and on timelines.
  package var originalFile: String
  /// Start as soon as the file is here, instead of leaving a draft.
  package var autoStart: Bool
  /// 1 high, 64 normal, 512 low: lower goes first.
  package var priority: Int
  /// Column name → name of its target. Nil: guessed from the header (IMP-07).
  package var fields: [String: String]?
  /// What every contact gets.
  package var defaults: ImportDefaults
  /// How the file is read.
  package var parser: ImportParserSettings
  /// Consent to an import in which nothing mapped tells two rows apart (IMP-13).
  package var allowDuplicates: Bool
  /// False: somebody waits for it. Files with many rows are done in the background all the same (IMP-20).
  package var background: Bool

  /// Options as they are when nothing is said.
  package init(
    object: ImportObject = .contact, originalFile: String = "import.csv", autoStart: Bool = true,
    priority: Int = 512, fields: [String: String]? = nil, defaults: ImportDefaults = .init(),
    parser: ImportParserSettings = .init(), allowDuplicates: Bool = false,
    background: Bool = true
  ) {
    self.object = object
    self.originalFile = originalFile
    self.autoStart = autoStart
    self.priority = priority
    self.fields = fields
    self.defaults = defaults
    self.parser = parser
    self.allowDuplicates = allowDuplicates
    self.background = background
  }

  private enum CodingKeys: String, CodingKey {
    case object, originalFile, autoStart, priority, fields, defaults, parser, allowDuplicates
    case background
  }

  /// Reads the JSON of `POST /imports/new`; unknown members are ignored.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    if let name = try values.decodeIfPresent(String.self, forKey: .object) {
      guard let object = ImportObject(name: name) else {
        throw ImportError.invalid(
          "object", value: name, rule: "must be contact or company")
      }
      self.object = object
    }
    originalFile = try values.decodeIfPresent(String.self, forKey: .originalFile) ?? originalFile
    autoStart = try values.decodeIfPresent(Bool.self, forKey: .autoStart) ?? autoStart
    priority = try values.decodeIfPresent(Int.self, forKey: .priority) ?? priority
    fields = try values.decodeIfPresent([String: String].self, forKey: .fields)
    defaults = try values.decodeIfPresent(ImportDefaults.self, forKey: .defaults) ?? defaults
    parser = try values.decodeIfPresent(ImportParserSettings.self, forKey: .parser) ?? parser
    allowDuplicates =
      try values.decodeIfPresent(Bool.self, forKey: .allowDuplicates) ?? allowDuplicates
    background = try values.decodeIfPresent(Bool.self, forKey: .background) ?? background
  }
}

/// What may still be changed before an import runs; nil leaves a thing as it is.
package struct ImportEdit: Sendable, Hashable, Codable {
  /// A whole new mapping.
  package var fields: [String: String]?
  /// Whole new defaults.
  package var defaults: ImportDefaults?
  /// Another priority.
  package var priority: Int?
  /// Consent to duplicates (IMP-13).
  package var allowDuplicates: Bool?

  /// An edit of what is given.
  package init(
    fields: [String: String]? = nil, defaults: ImportDefaults? = nil, priority: Int? = nil,
    allowDuplicates: Bool? = nil
  ) {
    self.fields = fields
    self.defaults = defaults
    self.priority = priority
    self.allowDuplicates = allowDuplicates
  }
}
