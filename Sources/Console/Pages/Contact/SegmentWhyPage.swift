import API

/// Why a segment holds a contact or does not: each of its filters, true or false for this contact now.
enum SegmentWhyPage {
  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let (id, segment) = (try page.id, try page.request.pathNumber("segment"))
    async let record = page.get("contacts/\(id)")
    async let list = page.get("segments/\(segment)")
    async let known = page.get("segments/filters")
    let why = try await page.get("segments/\(segment)/contact/\(id)/why")
    guard let value = try await record["contact"], let list = try await list["list"] else {
      throw APIError.notFound
    }
    let contact = ContactRecord(value)
    let offer = try await known
    let words = FilterWords(
      offer, names: try await FilterNames(list["filters"], offer: offer, page), page)
    let content = summary(why, contact, list, page) + groups(why, list, words, page)
    return .page(
      Page(
        title: page.texts("Why?"),
        subtitle: page.texts(
          "{contact} and the segment {segment}",
          ["contact": contact.name(page), "segment": list["name"]?.text ?? ""]),
        trail: [
          .init(text: page.texts("Contacts"), path: "contacts"),
          .init(text: contact.name(page), path: "contacts/\(contact.id)"),
          .init(text: page.texts("Segments"), path: "contacts/\(contact.id)?tab=segments"),
        ], contentHTML: content, section: "contacts", width: .narrow, styles: ["contact.css"]))
  }

  private static let summaryTemplate = Template(
    #"""
    <div class="alert {{kind}}" role="status"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg><div><strong>{{heading}}</strong>{{text}}</div><div class="actions"><a class="button small" href="{{segment}}">[[The segment]]</a></div></div>
    """#)

  private static func summary(
    _ why: JSONValue, _ contact: ContactRecord, _ list: JSONValue, _ page: PageRequest
  ) -> HTML {
    let isMember = why["isMember"]?.truth == true
    let since = why["dateAdded"]?.text.map(page.formats.moment) ?? ""
    return summaryTemplate(
      [
        "kind": isMember ? "ok" : "info", "icon": isMember ? "ok" : "info",
        "icons": WebFiles.icons, "segment": "/console/segments/\(list["id"]?.text ?? "")",
        "heading": isMember
          ? page.texts("The segment holds this contact since {time}.", ["time": since])
          : page.texts("The segment does not hold this contact."),
        "text": page.texts(reason(why, list, isMember)),
      ], page.texts)
  }

  private static func reason(_ why: JSONValue, _ list: JSONValue, _ isMember: Bool) -> String {
    if why["manuallyRemoved"]?.truth == true {
      return "Somebody took it out by hand: filters do not bring it back."
    }
    if why["manuallyAdded"]?.truth == true {
      return "Somebody put it in by hand: it stays, whatever the filters find."
    }
    if list["filters"]?.elements?.isEmpty != false {
      return "The segment has no filters: it holds those that were put in by hand."
    }
    if why["isExcludedVisitor"]?.truth == true {
      return
        "It is a visitor who is not known by name, and the filters of this segment do not ask for those."
    }
    let matches = why["matches"]?.truth == true
    if matches == isMember {
      return matches ? "Its filters are fulfilled." : "Its filters are not fulfilled."
    }
    return matches
      ? "Its filters are fulfilled now: the next rebuild takes the contact in."
      : "Its filters are not fulfilled any more: the next rebuild takes the contact out."
  }

  private static let groupTemplate = Template(
    #"""
    {{#groups}}{{#isFurther}}<p class="rule-join">[[or]]</p>{{/isFurther}}<section class="panel"><header class="panel-head"><h2>{{heading}}</h2>{{#matches}}<span class="badge ok">[[Fulfilled]]</span>{{/matches}}{{^matches}}<span class="badge">[[Not fulfilled]]</span>{{/matches}}</header>
    <ul class="list">{{#filters}}<li><svg class="icon {{kind}}" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg><span class="grow"><strong>{{field}}</strong> {{operator}} {{#value}}<span class="mono">{{value}}</span>{{/value}}{{#error}}<span class="sub">{{error}}</span>{{/error}}</span><span class="badge {{kind}}">{{result}}</span></li>{{/filters}}</ul></section>{{/groups}}
    """#)

  private static func groups(
    _ why: JSONValue, _ list: JSONValue, _ words: FilterWords, _ page: PageRequest
  ) -> HTML {
    let filters = list["filters"]?.elements ?? []
    let groups = why["groups"]?.elements ?? []
    return groupTemplate(
      [
        "groups": groups.enumerated().map { place, group -> [String: Any] in
          [
            "isFurther": place > 0, "matches": group["matches"]?.truth == true,
            "heading": page.texts("All of these"),
            "filters": (group["filters"]?.elements ?? []).map { result -> [String: Any] in
              let index = result["index"]?.integer ?? -1
              let filter = filters.indices.contains(index) ? filters[index] : .null
              return row(result, words(filter), page)
            },
          ]
        }
      ], page.texts)
  }

  private static func row(
    _ result: JSONValue, _ words: (field: String, operator: String, value: String),
    _ page: PageRequest
  ) -> [String: Any] {
    let isNull = result["matches"].map { $0 == .null } ?? true
    let isTrue = result["matches"]?.truth == true
    return [
      "field": words.field, "operator": words.operator, "value": words.value,
      "error": result["error"]?.text ?? "", "icons": WebFiles.icons,
      "icon": isNull ? "warn" : isTrue ? "ok" : "bad",
      "kind": isNull ? "warn" : isTrue ? "ok" : "bad",
      "result": page.texts(isNull ? "Not known" : isTrue ? "true" : "false"),
    ]
  }
}
