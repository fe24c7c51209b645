import Contacts
package import Foundation

/// What is looked at before a page is shown: everything but its content.
package struct PageOutline: Sendable, Identifiable, Equatable, Published {
  package var id: Int64
  package var alias: String
  package var title = ""
  package var language = "en"
  /// The alias of the category.
  var category: String?
  package var metaDescription: String?
  package var isPublished = true
  package var publishUp: Date?
  package var publishDown: Date?
  var redirect: PageRedirect?
  var redirectURL: String?
  package var isPreferenceCenter = false
  package var isHiddenFromSearch = false
  package var variantParent: Int64?
  var weight: Int?
  var translationParent: Int64?
  /// The number of changes, by which a kept content is known to be the present one.
  package var revision = 1

  init(id: Int64, alias: String) {
    self.id = id
    self.alias = alias
  }

  /// The pages as which a visit of it counts: itself, and the one whose variant it is.
  package var counted: [Int64] { [id] + [variantParent].compactMap(\.self) }
}
