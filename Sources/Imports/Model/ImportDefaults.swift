/// The defaults applied to every contact of an import (IMP-14).
package struct ImportDefaults: Sendable, Hashable, Codable {
  /// The id of the owner of contacts whose row names none.
  package var owner: Int64?
  /// The id of the segment to which contacts are added manually (IMP-55).
  package var list: Int64?
  /// The names of tags to add; a leading `-` removes (IMP-56).
  package var tags: [String]
  /// Whether fields that have a value are left unchanged (IMP-44).
  package var skipIfExists: Bool
  /// The name of the stage for rows that name none; created if it does not exist.
  package var stage: String?

  /// Creates defaults; without arguments they change nothing.
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

  /// Decodes the wire format; every member is optional.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    owner = try values.decodeIfPresent(Int64.self, forKey: .owner)
    list = try values.decodeIfPresent(Int64.self, forKey: .list)
    tags = try values.decodeIfPresent([String].self, forKey: .tags) ?? []
    skipIfExists = try values.decodeIfPresent(Bool.self, forKey: .skipIfExists) ?? false
    stage = try values.decodeIfPresent(String.self, forKey: .stage)
  }
}
