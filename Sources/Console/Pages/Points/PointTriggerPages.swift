import API

/// The pages of point triggers: what happens to contacts who reach a number of points.
enum PointTriggerPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "triggers", member: "trigger", area: .pointTriggers,
      nouns: .init(
        one: "Point trigger", many: "Point triggers", none: "No point triggers yet",
        meaning:
          "A trigger acts once for each contact that reaches its points: it sends an e-mail, changes segments, tags or the stage.",
        new: "New point trigger"),
      columns: { page in
        [
          RecordPages.name(page, path: "triggers"),
          Column(page.texts("From points"), order: "points", .number) { trigger, page in
            page.count(trigger["points"])
          },
          Column(page.texts("Colour"), .wide) { $1.swatch($0["color"]?.text) },
          Column(page.texts("Group"), .wide) { $1.plain($0["group"]?["name"]?.text) },
          Column(page.texts("Events"), .number) { trigger, page in
            page.count(.int(trigger["events"]?.elements?.count ?? 0))
          },
          Column(page.texts("Status"), order: "isPublished") { $1.published($0) },
        ]
      },
      fields: { _, page in
        [
          FormSection(
            "",
            [
              FormField("name", page.texts("Name"), isRequired: true),
              FormField(
                "points", page.texts("Points"), .number,
                hint: page.texts("From so many points on."), isRequired: true),
              FormField(
                "group", page.texts("Group"),
                .choice(try await RecordChoices.pointGroups(page)),
                hint: page.texts("Empty: the points of the contact.")),
              FormField(
                "color", page.texts("Colour"), .color,
                hint: page.texts("Contacts with so many points are shown with it.")),
              try await CommonFields.category("point", page),
              FormField(
                "triggerExistingLeads", page.texts("Also for contacts who have the points already"),
                .flag),
              FormField("description", page.texts("Description"), .longText(rows: 2), isWide: true),
            ]), CommonFields.publishing(page),
        ]
      })
    kind.api = "points/triggers"
    kind.order = ("points", "ASC")
    kind.aside = { trigger, page in PointTriggerEvents.list(trigger, page) }
    kind.styles = ["forms.css"]
    kind.prepare = { members, _ in
      if let color = members["color"]?.text {
        members["color"] = .string(String(color.drop { $0 == "#" }))
      }
    }
    kind.copied = { members in
      if let group = members["group"]?["id"] { members["group"] = group }
      members["events"] = .array(
        (members["events"]?.elements ?? []).map { event in
          var copy = event.asObject ?? [:]
          copy["id"] = nil
          return .object(copy)
        })
    }
    return kind
  }()

  static var routes: [ConsoleRoute] { kind.routes + PointTriggerEvents.routes }
}
