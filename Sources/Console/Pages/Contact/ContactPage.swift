import API
import HTTPTypes

/// The page of a contact: its name and buttons, tabs, and what the tab shows.
struct ContactPage: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  /// Reads the contact and shows the tab that is asked for.
  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let contact = try await ContactRecord.read(page)
    let shown = ContactPage(contact: contact, page: page)
    return .page(try await shown.tab(ContactTab(page)))
  }

  /// The page with a tab.
  private func tab(_ tab: ContactTab) async throws -> Page {
    let tab = tab.isShown(contact, page) ? tab : .history
    let content: HTML
    switch tab {
    case .history:
      async let chart = page.get("contacts/\(contact.id)/engagements", ["unit": "week"])
      async let history = HistoryTab(contact: contact, page: page)()
      content = try await engagement(chart) + history
    case .details: content = try await DetailsTab(contact: contact, page: page)()
    case .scheduled: content = ScheduledTab(contact: contact, page: page)()
    case .segments: content = try await MembershipTab.segments(contact, page)
    case .campaigns: content = try await MembershipTab.campaigns(contact, page)
    case .notes: content = try await NotesTab(contact: contact, page: page)()
    case .devices: content = try await DevicesTab(contact: contact, page: page)()
    case .places: content = PlacesTab(contact: contact, page: page)()
    case .preferences: content = PreferencesTab(contact: contact, page: page)()
    case .audit: content = try await AuditTab(contact: contact, page: page)()
    }
    return try await shown(tab, content)
  }

  /// The page with the content of a tab.
  func shown(
    _ tab: ContactTab, _ content: HTML, status: HTTPResponse.Status = .ok
  ) async throws -> Page {
    async let aside = ContactAside(contact: contact, page: page)()
    async let warning = twins()
    let split = Self.split(
      ["mainHTML": content, "asideHTML": try await aside], page.texts)
    var shown = within(try await warning + tabs(tab) + split)
    shown.status = status
    return shown
  }

  /// A page of this contact.
  private func within(_ content: HTML) -> Page {
    var shown = Page(
      title: contact.name(page), subtitle: subtitle,
      trail: [.init(text: page.texts("Contacts"), path: "contacts")],
      actionsHTML: actions, contentHTML: content, section: "contacts", styles: ["contact.css"])
    shown.leadHTML = Self.avatar(["initials": contact.initials(page)], page.texts)
    shown.marksHTML = marks
    return shown
  }

  private static let split = Template(
    #"""
    <div class="split"><div>{{{mainHTML}}}</div><aside aria-label="[[About this contact]]">{{{asideHTML}}}</aside></div>
    """#)

  private static let avatar = Template(
    #"<span class="avatar large" aria-hidden="true">{{initials}}</span>"#)

  // MARK: The head

  private var subtitle: String {
    let (position, company) = (contact.field("position"), contact.field("company"))
    switch (position, company) {
    case (let position?, let company?):
      return page.texts("{position} at {company}", ["position": position, "company": company])
    default: return position ?? company ?? ""
    }
  }

  private var marks: HTML {
    var marks: [HTML] = []
    if contact.value["dateIdentified"]?.text == nil {
      marks.append(page.badge(page.texts("Visitor")))
    }
    if let stage = contact.value["stage"]?["name"]?.text { marks.append(page.badge(stage, .ok)) }
    for entry in contact.silent {
      let channel = DoNotContact.channel(entry["channel"]?.text ?? "", page)
      marks.append(
        page.badge(page.texts("Do not contact: {channel}", ["channel": channel]), .bad))
    }
    if contact.value["isPublished"]?.truth == false {
      marks.append(page.badge(page.texts("Not published"), .warn))
    }
    return marks.joined()
  }

  private static let actionsTemplate = Template(
    #"""
    {{#mayEdit}}<a class="button" href="{{path}}/edit">[icon:edit][[Edit]]</a>{{/mayEdit}}{{#maySend}}<a class="button primary" href="{{path}}/send">[icon:send][[Send e-mail]]</a>{{/maySend}}
    <details class="menu end" name="menu"><summary class="button icon" aria-label="[[More]]">[icon:more]</summary><div class="menu-list">{{#mayMerge}}<a class="item" href="{{path}}/merge">[icon:merge][[Merge with…]]</a>{{/mayMerge}}<a class="item" href="{{path}}?tab=preferences">[icon:lock][[Preferences…]]</a>{{#maySeeAudit}}<a class="item" href="{{path}}?tab=audit">[icon:audit][[Audit log]]</a>{{/maySeeAudit}}{{#mayExport}}<a class="item" href="/api/contacts/{{id}}/export" download>[icon:export][[Export as a file]]</a>{{/mayExport}}{{#mayDelete}}<hr><form method="post" action="{{path}}/delete"><input type="hidden" name="token" value="{{token}}"><button class="item danger" data-confirm="[[Delete this contact with its history for good?]]">[icon:trash][[Delete]]</button></form>{{/mayDelete}}</div></details>
    """#)

  private var actions: HTML {
    let mayEdit = contact.allows(.edit, page)
    return Self.actionsTemplate(
      [
        "path": contact.path, "id": contact.id, "token": page.token, "mayEdit": mayEdit,
        "maySend": mayEdit && page.may(.view, .emails) && contact.field("email") != nil,
        "mayMerge": mayEdit, "mayExport": page.may(.enable, .exports),
        "mayDelete": contact.allows(.delete, page), "maySeeAudit": page.may(.administrator),
      ], page.texts)
  }

  private static let tabsTemplate = Template(
    #"""
    <nav class="tabs" aria-label="[[Contact]]">{{#tabs}}<a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{name}}{{#count}}<span class="count">{{count}}</span>{{/count}}</a>{{/tabs}}</nav>
    """#)

  private func tabs(_ current: ContactTab) -> HTML {
    Self.tabsTemplate(
      [
        "tabs": ContactTab.allCases.filter { $0.isShown(contact, page) }.map {
          tab -> [String: Any] in
          let count = contact.counts[tab] ?? 0
          return [
            "path": "\(contact.path)?tab=\(tab.rawValue)", "name": tab.name(page),
            "isCurrent": tab == current, "count": count > 0 ? page.formats.number(count) : "",
          ]
        }
      ], page.texts)
  }

  // MARK: Above and on the first tab

  private func engagement(_ answer: JSONValue) -> HTML {
    Panel(page.texts("Engagement and points"))(EngagementChart(answer)(page), page)
  }

  private static let twinTemplate = Template(
    #"""
    <div class="alert warn" role="status">[icon:warn]<div>[[Somebody else has the same e-mail address:]] <a href="{{path}}">{{name}}</a>.</div>{{#merge}}<div class="actions"><a class="button small" href="{{merge}}">[[Compare and merge]]</a></div>{{/merge}}</div>
    """#)

  /// A warning where another contact has the same e-mail address.
  private func twins() async throws -> HTML {
    guard let email = contact.field("email") else { return .empty }
    let answer = try await page.get(
      "contacts",
      [
        "limit": 2, "minimal": 1,
        "where": [["col": "email", "expr": "eq", "val": .string(email)]],
      ])
    let others = answer["contacts"]?.elements ?? []
    guard let other = others.first(where: { $0["id"]?.text != contact.id }),
      let id = other["id"]?.text
    else { return .empty }
    let mayMerge = contact.allows(.edit, page)
    return Self.twinTemplate(
      [
        "path": "/console/contacts/\(id)", "name": ContactRecord.name(other, page),
        "merge": mayMerge ? "\(contact.path)/merge?with=\(id)" : "",
      ], page.texts)
  }
}
