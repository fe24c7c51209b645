import API

/// The navigation of the console: groups of pages, each shown to those who may see it (CSL-11).
struct Navigation: Sendable {
  struct Group: Sendable {
    var heading: String
    /// Whether its items are seen on every page, or only on their own.
    var isOpen = false
    var items: [Item]
  }

  struct Item: Sendable {
    /// Its name, in English.
    var text: String
    /// The path below `/console/`; also what pages call their section.
    var path: String
    /// The name of a symbol in `icons.svg`.
    var icon: String
    /// What a user needs to see it.
    var needs = Requirement.anyUser
  }

  static let groups: [Group] = [
    Group(heading: "", items: [Item(text: "Overview", path: "", icon: "overview")]),
    Group(
      heading: "People", isOpen: true,
      items: [
        Item(text: "Contacts", path: "contacts", icon: "contacts", needs: .on(.contacts, .view)),
        Item(text: "Companies", path: "companies", icon: "companies", needs: .on(.contacts, .view)),
        Item(text: "Segments", path: "segments", icon: "segments", needs: .on(.segments, .view)),
        Item(text: "Imports", path: "imports", icon: "import", needs: .on(.imports, .view)),
        Item(text: "Exports", path: "exports", icon: "export", needs: .on(.exports, .enable)),
      ]),
    Group(
      heading: "Engagement", isOpen: true,
      items: [
        Item(
          text: "Campaigns", path: "campaigns", icon: "campaigns", needs: .on(.campaigns, .view)),
        Item(text: "E-mails", path: "emails", icon: "emails", needs: .on(.emails, .view)),
        Item(text: "Messages", path: "messages", icon: "messages", needs: .on(.messages, .view)),
        Item(text: "Forms", path: "forms", icon: "forms", needs: .on(.forms, .view)),
        Item(text: "Landing pages", path: "pages", icon: "pages", needs: .on(.pages, .view)),
        Item(text: "Assets", path: "assets", icon: "assets", needs: .on(.assets, .view)),
        Item(
          text: "Dynamic content", path: "dynamiccontents", icon: "dynamic",
          needs: .on(.dynamicContents, .view)),
        Item(text: "Focus items", path: "focus", icon: "focus", needs: .on(.focusItems, .view)),
      ]),
    Group(
      heading: "Scoring and order",
      items: [
        Item(text: "Point actions", path: "points", icon: "points", needs: .on(.points, .view)),
        Item(
          text: "Point triggers", path: "triggers", icon: "bolt", needs: .on(.pointTriggers, .view)),
        Item(text: "Point groups", path: "groups", icon: "points", needs: .on(.pointGroups, .view)),
        Item(text: "Stages", path: "stages", icon: "stages", needs: .on(.stages, .view)),
        Item(text: "Tags", path: "tags", icon: "tags", needs: .on(.tags, .view)),
        Item(
          text: "Categories", path: "categories", icon: "categories", needs: .on(.categories, .view)
        ),
        Item(text: "Custom fields", path: "fields", icon: "fields", needs: .on(.fields, .view)),
      ]),
    Group(
      heading: "Insight",
      items: [
        Item(text: "Reports", path: "reports", icon: "reports", needs: .on(.reports, .view)),
        Item(text: "Tracking", path: "tracking", icon: "tracking"),
      ]),
    Group(
      heading: "Connections",
      items: [
        Item(text: "Webhooks", path: "webhooks", icon: "webhooks", needs: .on(.webhooks, .view)),
        Item(text: "API clients", path: "clients", icon: "api", needs: .on(.clients, .view)),
      ]),
    Group(
      heading: "Operation",
      items: [
        Item(text: "Work", path: "work", icon: "queues", needs: .administrator),
        Item(text: "Settings", path: "settings", icon: "settings", needs: .administrator),
        Item(text: "Users", path: "users", icon: "users", needs: .on(.users, .view)),
        Item(text: "Roles", path: "roles", icon: "roles", needs: .on(.roles, .view)),
        Item(text: "Audit log", path: "audit", icon: "audit", needs: .administrator),
      ]),
  ]

  /// The icon of a section; empty for one that is not in the navigation.
  static func icon(_ path: String) -> String {
    groups.flatMap(\.items).first { $0.path == path }?.icon ?? ""
  }

  /// The groups as a template shows them to a user.
  static func shown(to page: PageRequest, section: String) -> [[String: Any]] {
    groups.compactMap { group in
      let items = group.items.filter {
        page.may($0.needs) && page.console.sections.contains($0.path)
      }
      guard !items.isEmpty else { return nil }
      return [
        "heading": page.texts(group.heading),
        "isOpen": group.isOpen || items.contains { $0.path == section },
        "items": items.map { item in
          [
            "text": page.texts(item.text), "icon": item.icon,
            "path": item.path.isEmpty ? "/console" : "/console/\(item.path)",
            "isCurrent": item.path == section,
          ] as [String: Any]
        },
      ]
    }
  }
}
