/// The options of a new import (api.md 11.2).
package struct ImportOptions: Sendable, Hashable, Codable {
  /// The object type of the rows.
  package var object: ImportObject
  /// The name of the file, shown in lists and on timelines.
  package var originalFile: String
  /// Whether to start as soon as the file has arrived, instead of leaving a draft.
  package var autoStart: Bool
  /// The priority: 1 high, 64 normal, 512 low; lower goes first.
  package var priority: Int
  /// Column name → name of its target. If nil, guessed from the header (IMP-07).
  package var fields: [String: String]?
  /// The defaults applied to every contact.
  package var defaults: ImportDefaults
  /// The parser settings.
  package var parser: ImportParserSettings
  /// Whether to accept a mapping without any identifier (IMP-13).
  package var allowDuplicates: Bool
  /// Whether to run in the background. Files with many rows always do (IMP-20).
  package var background: Bool

  /// Creates options; the arguments' defaults are those of the API.
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

  /// Decodes the JSON of `POST /imports/new`; unknown members are ignored.
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

/// The changes allowed before an import runs; nil members are left unchanged.
package struct ImportEdit: Sendable, Hashable, Codable {
  /// The new mapping, replacing the old one.
  package var fields: [String: String]?
  /// The new defaults, replacing the old ones.
  package var defaults: ImportDefaults?
  /// The new priority.
  package var priority: Int?
  /// Whether to accept a mapping without any identifier (IMP-13).
  package var allowDuplicates: Bool?
  /// The new parser settings, which may differ in how values are read.
  package var parser: ImportParserSettings?

  /// Creates an edit.
  package init(
    fields: [String: String]? = nil, defaults: ImportDefaults? = nil, priority: Int? = nil,
    allowDuplicates: Bool? = nil, parser: ImportParserSettings? = nil
  ) {
    self.parser = parser
    self.fields = fields
    self.defaults = defaults
    self.priority = priority
    self.allowDuplicates = allowDuplicates
  }
}
