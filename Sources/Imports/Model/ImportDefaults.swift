/// What is applied to every contact of an import (IMP-14).
package struct ImportDefaults: Sendable, Hashable, Codable {
  /// Id of the user who becomes owner where the row names none.
  package var owner: Int64?
  /// Id of the segment the contacts are added to, pinned (IMP-55).
  package var list: Int64?
  /// Names of tags to add; a leading `-` removes (IMP-56).
  package var tags: [String]
  /// Leave fields alone that have a value already (IMP-44).
  package var skipIfExists: Bool
  /// Name of the stage to set where the row names none; created if it does not exist.
  package var stage: String?

  /// Defaults that change nothing unless told.
  package init(
    owner: Int64? = nil, list: Int64? = nil, tags: [String] = [], skipIfExists: Bool = false,
    stage: String? = nil
  ) {
    self.owner = owner
    self.list = list
    self.tags = tags
    self.skipIfExists = skipIfExists
    self.stage = stage
  }

  private enum CodingKeys: String, CodingKey {
    case owner, list, tags, stage
    case skipIfExists = "skip_if_exists"
  }

  /// Reads the wire form; every member may be missing.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    owner = try values.decodeIfPresent(Int64.self, forKey: .owner)
    list = try values.decodeIfPresent(Int64.self, forKey: .list)
    tags = try values.decodeIfPresent([String].self, forKey: .tags) ?? []
    skipIfExists = try values.decodeIfPresent(Bool.self, forKey: .skipIfExists) ?? false
    stage = try values.decodeIfPresent(String.self, forKey: .stage)
  }
}
