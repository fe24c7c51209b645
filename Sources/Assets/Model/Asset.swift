package import Contacts
package import Foundation
package import Query

/// A file that visitors download (api.md 9): kept here, or at an address elsewhere.
package struct Asset: TableRecord, Equatable {
  /// Where the file is.
  package enum Storage: String, Sendable {
    case local
    case remote
  }

  /// The asset's id.
  package var id: Int64
  /// The values that users set.
  package var values: AssetValues
  /// The category it is filed under.
  package var category: Category?
  /// The number of changes since it was created.
  package var revision: Int
  /// The number of downloads.
  package var downloads: Int
  /// The number of devices that downloaded it.
  package var uniqueDownloads: Int
  /// The dates of creation and last change.
  package var dates: RecordDates

  /// The last part of its address: the id, and the alias for readers.
  package var slug: String { "\(id):\(values.alias)" }
}

/// The values of an asset that users set, and what follows from its file.
package struct AssetValues: Sendable, Equatable, Published {
  package var title = ""
  /// The readable part of its address.
  package var alias = ""
  /// The description.
  package var description: String?
  /// The category's id.
  package var category: Int64?
  package var language = "en"
  /// The instant from which it is offered.
  package var publishUp: Date?
  /// The instant until which it is offered.
  package var publishDown: Date?
  package var storage = Asset.Storage.local
  /// The id of the file kept here.
  package var file: Int64?
  /// The address of a file elsewhere.
  package var url: String?
  /// The end of the file's name, without the point.
  package var fileExtension: String?
  /// The content type.
  package var mime: String?
  /// The size in bytes; 0 for a file elsewhere.
  package var size: Int64 = 0
  /// Whether search engines are to leave it out.
  package var isHiddenFromSearch = false
  /// Whether it is in use.
  package var isPublished = true
}

/// The input for an asset; `nil` leaves a value as it is.
package struct AssetInput: Sendable {
  /// The title, 1 to 191 characters.
  package var title: String?
  /// The readable part of its address; made of the title if there is none.
  package var alias: String?
  /// The description; an empty text removes it.
  package var description: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
  package var language: String?
  /// The instant from which it is offered; `.some(nil)` for always.
  package var publishUp: Date??
  /// The instant until which it is offered; `.some(nil)` for no end.
  package var publishDown: Date??
  /// `local` or `remote`.
  package var storage: String?
  /// The name of an uploaded file, or an address.
  package var file: String?
  /// Whether search engines are to leave it out.
  package var isHiddenFromSearch: Bool?
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of assets; its conditions refer to the table `assets` by that name.
  package static let assets = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "assets"), QueryColumn("title", .text, of: "assets"),
      QueryColumn("alias", .text, of: "assets"), QueryColumn("description", .text, of: "assets"),
      QueryColumn("language", .text, of: "assets"), QueryColumn("extension", .text, of: "assets"),
      QueryColumn("size", .integer, of: "assets"), QueryColumn("revision", .integer, of: "assets"),
      QueryColumn("publish_up", .instant, of: "assets"),
      QueryColumn("publish_down", .instant, of: "assets"),
    ] + published("assets"),
    mainColumns: ["title", "description"])
}
