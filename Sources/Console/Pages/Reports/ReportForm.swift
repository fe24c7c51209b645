import API

/// The form of a report.
enum ReportForm {
  /// How often a report is sent, by the word of the API, with names in English.
  static let units: KeyValuePairs<String, String> = [
    "NOW": "Once, now", "DAILY": "Every day", "WEEKLY": "Every week", "MONTHLY": "Every month",
  ]
  private static let days: KeyValuePairs<String, String> = [
    "MONDAY": "Monday", "TUESDAY": "Tuesday", "WEDNESDAY": "Wednesday", "THURSDAY": "Thursday",
    "FRIDAY": "Friday", "SATURDAY": "Saturday", "SUNDAY": "Sunday", "WEEK_DAYS": "Working days",
  ]

  static func sections(
    _ report: JSONValue?, _ page: PageRequest
  ) async throws -> [FormSection] {
    let texts = page.texts
    let name = report?["source"]?.text ?? page.query("source") ?? ""
    let sources = try await page.get("reports/sources")["sources"]?.elements ?? []
    let source = sources.first { $0["name"]?.text == name } ?? [:]
    let columns = (source["columns"]?.elements ?? []).map { column in
      FormField.Choice(column["name"]?.text ?? "", texts(column["label"]?.text ?? ""))
    }
    let parts = ReportParts(
      columns: columns, figures: report?["aggregators"]?.elements ?? [], page: page)
    return [
      FormSection(
        "",
        [
          FormField("name", texts("Name"), isRequired: true),
          FormField(
            "source", texts("About"),
            .choice([.init(name, texts(source["label"]?.text ?? name))]), isRequired: true),
          FormField("description", texts("Description"), .longText(rows: 2), isWide: true),
          FormField("system", texts("All who may see reports see this one"), .flag, initial: true),
        ]),
      FormSection(texts("Columns"), [parts.columnField]),
      FormSection(texts("Only rows where"), [parts.filterField]),
      FormSection(texts("Groups and figures"), [parts.groupField, parts.figureField]),
      FormSection(texts("Order"), [parts.orderField]), schedule(texts),
    ]
  }

  private static func schedule(_ texts: Texts) -> FormSection {
    func choices(_ words: KeyValuePairs<String, String>) -> [FormField.Choice] {
      words.map { .init($0.key, texts($0.value)) }
    }
    return FormSection(
      texts("By e-mail"),
      [
        FormField("isScheduled", texts("Send it by e-mail"), .flag),
        FormField(
          "toAddress", texts("To"), hint: texts("Addresses, separated by commas, at most 20.")),
        FormField("scheduleUnit", texts("How often"), .choice(choices(units))),
        FormField(
          "scheduleDay", texts("On"), .choice(choices(days)),
          hint: texts("For every week and every month.")),
        FormField(
          "scheduleMonthFrequency", texts("In a month"),
          .choice([
            .init("1", texts("the first such day")), .init("-1", texts("the last such day")),
          ])),
      ])
  }

  /// Rows that were left empty are none.
  static func prepare(_ members: inout JSONObject, _ page: PageRequest) {
    for name in ["columns", "groupBy"] {
      guard let items = members[name]?.elements else { continue }
      members[name] = .array(items.filter { !($0.text ?? "").isEmpty })
    }
    for name in ["filters", "tableOrder", "aggregators"] {
      guard let items = members[name]?.elements else { continue }
      members[name] = .array(
        items.filter { !($0["column"]?.text ?? "").isEmpty }.map { item in
          guard name == "filters", let value = item["value"]?.text,
            ["in", "notIn", "between", "notBetween"].contains(item["condition"]?.text ?? ""),
            var filter = item.asObject
          else { return item }
          filter["value"] = .array(JSONValue.string(value).commaList.map(JSONValue.string))
          return .object(filter)
        })
    }
    for name in ["scheduleUnit", "scheduleDay", "scheduleMonthFrequency", "toAddress"]
    where members[name] == .string("") {
      members[name] = .null
    }
  }
}
