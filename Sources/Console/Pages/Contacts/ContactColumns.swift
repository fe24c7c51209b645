import API

/// The columns that a list of contacts can have beside the name.
struct ContactColumns: Sendable {
  /// The fields of contacts, as the API has them.
  let fields: [JSONValue]
  let texts: Texts

  /// A column to choose.
  struct Choice: Sendable {
    var name: String
    var label: String
  }

  /// Fields that are seen in every row, or as another column.
  private static let shownOtherwise: Set<String> = [
    "firstname", "lastname", "points", "last_active",
  ]

  /// All of them: those of the record, then the fields.
  var choices: [Choice] {
    let own: [Choice] = [
      Choice(name: "id", label: texts("Id")), Choice(name: "stage", label: texts("Stage")),
      Choice(name: "place", label: texts("Place")), Choice(name: "tags", label: texts("Tags")),
      Choice(name: "owner", label: texts("Owner")),
      Choice(name: "points", label: texts("Points")),
      Choice(name: "ip", label: texts("IP address")),
      Choice(name: "lastActive", label: texts("Last active")),
      Choice(name: "dateAdded", label: texts("Added")),
      Choice(name: "dateModified", label: texts("Changed")),
      Choice(name: "dateIdentified", label: texts("Known since")),
    ]
    let taken = Set(own.map(\.name)).union(Self.shownOtherwise)
    return own
      + fields.compactMap { field in
        guard let alias = field["alias"]?.text, !taken.contains(alias) else { return nil }
        return Choice(name: alias, label: field["label"]?.text ?? alias)
      }
  }

  /// What the API is asked for, as the parameter `select`.
  func selected(_ names: [String]) -> String {
    let members = names.flatMap { name in
      switch name {
      case "place": ["city", "country"]
      case "ip": ["ipAddresses"]
      default: [name]
      }
    }
    return Set(ContactName.needed + members).sorted().joined(separator: ",")
  }

  /// The columns of a table.
  func columns(_ names: [String]) -> [Column] {
    let known = Dictionary(choices.map { ($0.name, $0.label) }, uniquingKeysWith: { $1 })
    var columns = [Column(texts("Name"), order: "lastname") { ContactName.cell($0, $1) }]
    for name in names {
      if let label = known[name] { columns.append(column(name, label)) }
    }
    columns.append(Column("", .tools) { ContactTools.cell($0, $1) })
    return columns
  }

  private func column(_ name: String, _ label: String) -> Column {
    switch name {
    case "id": Column(label, order: "id", .number) { $1.plain($0["id"]?.text) }
    case "points": Column(label, order: "points", .number) { $1.count($0["points"]) }
    case "stage": Column(label, order: "stage") { Self.stage($0, $1) }
    case "tags":
      Column(label, .wide) { Self.chips($0["tags"]?.elements?.compactMap { $0["tag"]?.text }, $1) }
    case "place":
      Column(label, order: "city", .wide) { contact, page in
        let all = contact["fields"]?["all"]
        let parts = ["city", "country"].compactMap { all?[$0]?.text }.filter { !$0.isEmpty }
        return parts.isEmpty ? .empty : page.plain(parts.joined(separator: ", "))
      }
    case "owner": Column(label, order: "owner") { $1.plain(Self.owner($0["owner"])) }
    case "ip":
      Column(label) { contact, page in
        guard case .object(let addresses)? = contact["ipAddresses"] else { return .empty }
        return page.plain(addresses.keys.first)
      }
    case "lastActive", "dateAdded", "dateModified", "dateIdentified":
      Column(label, order: name, .line) { $0[name].map($1.time) ?? .empty }
    default: field(name, label)
    }
  }

  /// The name of a user in short form.
  static func owner(_ owner: JSONValue?) -> String? {
    guard let owner, owner != .null else { return nil }
    let name = ["firstName", "lastName"].compactMap { owner[$0]?.text }.filter { !$0.isEmpty }
    return name.isEmpty ? owner["username"]?.text : name.joined(separator: " ")
  }

  private func field(_ alias: String, _ label: String) -> Column {
    let definition = fields.first { $0["alias"]?.text == alias } ?? .null
    let type = definition["type"]?.text ?? ""
    let kind: Column.Kind =
      switch type {
      case "number": .number
      case "date", "datetime", "time": .line
      default: .plain
      }
    return Column(label, order: alias, kind) { contact, page in
      FieldText(definition, contact["fields"]?["all"]?[alias]).html(page)
    }
  }

  private static func stage(_ contact: JSONValue, _ page: PageRequest) -> HTML {
    guard let name = contact["stage"]?["name"]?.text else { return .empty }
    return page.badge(name)
  }

  private static let chipsTemplate = Template(
    #"<span class="chips">{{#texts}}<span class="chip">{{.}}</span>{{/texts}}{{#more}}<span class="muted">{{more}}</span>{{/more}}</span>"#
  )

  /// Some texts as chips, the first few of them.
  static func chips(_ shown: [String]?, _ page: PageRequest) -> HTML {
    guard let shown, !shown.isEmpty else { return .empty }
    let more = shown.count - 4
    return chipsTemplate(
      ["texts": Array(shown.prefix(4)), "more": more > 0 ? "+\(more)" : ""], page.texts)
  }
}

/// The menu of a row: what is done with one contact.
enum ContactTools {
  private static let template = Template(
    #"""
    <details class="menu end" name="menu"><summary class="button plain icon small" aria-label="{{label}}">[icon:more]</summary><div class="menu-list"><a class="item" href="{{href}}">[icon:eye][[Show]]</a>{{#mayEdit}}<a class="item" href="{{href}}/edit">[icon:edit][[Edit]]</a><a class="item" href="{{href}}/merge">[icon:merge][[Merge]]</a>{{/mayEdit}}{{#mayDelete}}<hr><a class="item danger" href="{{href}}/delete">[icon:trash][[Delete]]</a>{{/mayDelete}}</div></details>
    """#)

  static func cell(_ contact: JSONValue, _ page: PageRequest) -> HTML {
    let name = ContactName(contact, page.texts).text
    return template(
      [
        "href": "/console/contacts/\(contact["id"]?.text ?? "")",
        "label": page.texts("More for {name}", ["name": name]),
        "mayEdit": page.may(.edit, .contacts), "mayDelete": page.may(.delete, .contacts),
      ], page.texts)
  }
}
