import API

/// What tells, at the links of a message, where its readers came from.
enum UTMFields {
  static func section(_ page: PageRequest) -> FormSection {
    let texts = page.texts
    return FormSection(
      texts("UTM tags"),
      [
        FormField("utmTags[utmSource]", texts("Source")),
        FormField("utmTags[utmMedium]", texts("Medium")),
        FormField("utmTags[utmCampaign]", texts("Campaign")),
        FormField("utmTags[utmContent]", texts("Content")),
      ])
  }
}
