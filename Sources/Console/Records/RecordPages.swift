import API
import HTTPTypes
import Users

/// The pages of a kind of record whose endpoints are the ten of the contract: a list, a form to create and to change, and what
/// is done with records.
struct RecordPages: Sendable {
  /// What a kind of record is called, in English.
  struct Nouns: Sendable {
    var one: String
    var many: String
    /// That there are none yet.
    var none: String
    /// What it is and what it is for, in a sentence or two, where there are none yet.
    var meaning: String
    /// The button to make one.
    var new: String
  }

  typealias Fields = @Sendable (_ record: JSONValue?, PageRequest) async throws -> [FormSection]

  /// Below `/console/`.
  var path: String
  /// Below `/api/`; the same as ``path`` by default.
  var api: String
  /// The member of the API's answers with a record, such as `stage`, and with a list, such as `stages`.
  var (member, list): (String, String)
  var area: PermissionArea
  var nouns: Nouns
  /// The columns of the list, in the order shown.
  var columns: @Sendable (PageRequest) -> [Column]
  /// The fields of the form.
  var fields: Fields
  /// Adds to the records of the list what its columns show beside the records' own members; nothing by default.
  var completed: @Sendable ([JSONValue], PageRequest) async throws -> [JSONValue] = { rows, _ in
    rows
  }
  /// Whether records are published and unpublished.
  var isPublishable = true
  /// Whether a record can be copied.
  var isClonable = true
  /// Whether a record can be deleted by who may delete such records.
  var isDeletable: @Sendable (_ record: JSONValue) -> Bool = { _ in true }
  /// What the API is asked for one record with.
  var recordQuery: JSONObject = [:]
  /// The order of the list where the user has chosen none.
  var order = ("id", "DESC")
  /// Beside the form of a record that exists; nothing by default.
  var aside: @Sendable (_ record: JSONValue, PageRequest) async throws -> HTML = { _, _ in .empty }
  /// Buttons of a record, beside those that all have.
  var actions: @Sendable (_ record: JSONValue, PageRequest) -> HTML = { _, _ in .empty }
  /// Changes what a form has sent before the API is given it.
  var prepare: @Sendable (inout JSONObject, PageRequest) async throws -> Void = { _, _ in }
  /// Changes the members of a copy before the API is given them.
  var copied: @Sendable (inout JSONObject) -> Void = { _ in }
  /// Above the form of a record that exists, such as tabs; nothing by default.
  var above: @Sendable (_ record: JSONValue, PageRequest) -> HTML = { _, _ in .empty }
  /// Scripts and style sheets of the form.
  var (scripts, styles): ([String], [String]) = ([], [])
  /// Whether rows lead to a page that shows a record, which the kind adds itself at `/{id}`; else to its form.
  var hasDetails = false
  /// The method by which a changed form is sent; PUT where PATCH would add to lists.
  var updates = HTTPRequest.Method.patch
  /// What is shown once a record has been created, such as a secret; nil for its page.
  var created: @Sendable (_ record: JSONValue, PageRequest) -> PageAnswer? = { _, _ in nil }
  /// What the list is asked for besides what the user has chosen.
  var filter: JSONObject = [:]

  init(
    _ path: String, member: String, list: String? = nil, area: PermissionArea, nouns: Nouns,
    columns: @escaping @Sendable (PageRequest) -> [Column], fields: @escaping Fields
  ) {
    self.path = path
    api = path
    (self.member, self.list) = (member, list ?? path)
    self.area = area
    self.nouns = nouns
    self.columns = columns
    self.fields = fields
  }

  /// Their routes.
  var routes: [ConsoleRoute] {
    let form = RecordForm(kind: self)
    let actions = RecordActions(kind: self)
    return [
      .get("/\(path)", needs: .on(area, .view)) { try await RecordList(kind: self, page: $0)() },
      .get("/\(path)/new", needs: .on(area, .create)) { try await form.new($0) },
      .post("/\(path)/new", needs: .on(area, .create)) { try await form.create($0) },
      .get("/\(path)/{id}/edit", needs: .on(area, .view)) { try await form.edit($0) },
      .post("/\(path)/{id}/edit", needs: .on(area, .edit)) { try await form.update($0) },
      .post("/\(path)/{id}/delete", needs: .on(area, .delete)) { try await actions.delete($0) },
      .post("/\(path)/{id}/clone", needs: .on(area, .create)) { try await actions.clone($0) },
      .post("/\(path)/{id}/publish", needs: .on(area, .edit)) { try await actions.publish($0) },
      .post("/\(path)/batch", needs: .on(area, .view)) { try await actions.batch($0) },
    ]
  }

  /// The item of the navigation that they belong to.
  var section: String { String(path.prefix { $0 != "/" }) }

  /// The path of a record's page, below `/console/`.
  func page(of id: String) -> String { "\(path)/\(id)" + (hasDetails ? "" : "/edit") }

  /// A column with the name of a record, which leads to its page.
  ///
  /// - Parameters:
  ///   - member: The member that names it.
  ///   - order: What the API orders by.
  static func name(
    _ page: PageRequest, path: String, member: String = "name", order: String? = "name",
    hasDetails: Bool = false
  ) -> Column {
    Column(page.texts("Name"), order: order) { record, page in
      let id = record["id"]?.text ?? ""
      let name = page.link(
        record[member]?.text ?? "", to: "\(path)/\(id)" + (hasDetails ? "" : "/edit"))
      guard let text = record["description"]?.text, !text.isEmpty else { return name }
      return name + Self.below(["text": String(text.prefix(120))], page.texts)
    }
  }

  private static let below = Template(#"<div class="sub">{{text}}</div>"#)
}
