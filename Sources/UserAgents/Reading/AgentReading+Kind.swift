/// What follows about the device from the system, the program and the words of the agent.
extension AgentReading {
  private static let appleSystems: Set<String> = ["iPadOS", "tvOS", "watchOS", "iOS", "Mac"]

  func device(
    _ system: AgentDescription.System?, _ client: AgentDescription.Client?
  ) -> AgentDescription.Device {
    var device = namedDevice()
    if device.model.isEmpty { device.model = hints.model }
    if device.brand.isEmpty { device.brand = rules.vendors.first(in: text)?.entry ?? "" }
    let isApple = system.map { Self.appleSystems.contains($0.name) } ?? false
    // An Apple device with another system is an invention.
    if device.brand == "Apple", !isApple { device = AgentDescription.Device() }
    if device.brand.isEmpty, isApple { device.brand = "Apple" }
    if device.brand.isEmpty, system?.name == "ThinOS" { device.brand = "Dell" }
    guessKind(of: &device, system)
    correctKind(of: &device, system, client)
    return device
  }

  /// Tells the kind of a device that no list names.
  private func guessKind(
    of device: inout AgentDescription.Device, _ system: AgentDescription.System?
  ) {
    let isAndroid = system?.family == "Android"
    if device.kind == nil, holds(.virtualReality) { device.kind = .wearable }
    // Chrome on Android says "Mobile" on phones only.
    if device.kind == nil, isAndroid, holds(.chrome) {
      device.kind = holds(.mobile) ? .smartphone : .tablet
    }
    if device.kind == .smartphone, holds(.pad) { device.kind = .tablet }
    if device.kind == nil, holds(.tablet) || holds(.operaTablet) { device.kind = .tablet }
    if device.kind == nil, holds(.androidMobile) { device.kind = .smartphone }
    // Android 1 was for phones only, Android 3 for tablets only.
    if device.kind == nil, system?.name == "Android", let version = system?.version,
      !version.isEmpty
    {
      if VersionText.compare(version, "2.0") < 0 {
        device.kind = .smartphone
      } else if VersionText.compare(version, "3.0") >= 0, VersionText.compare(version, "4.0") < 0 {
        device.kind = .tablet
      }
    }
    if device.kind == .featurePhone, isAndroid { device.kind = .smartphone }
    if device.kind == nil, system?.name == "Java ME" { device.kind = .featurePhone }
    if system?.name == "KaiOS" { device.kind = .featurePhone }
    // From Windows 8 on, browsers tell of a touch screen; most of these are tablets.
    if device.kind == nil, isTouchWindows(system), holds(.touch) { device.kind = .tablet }
    if device.kind == nil, holds(.puffinDesktop) { device.kind = .desktop }
    if device.kind == nil, holds(.puffinPhone) { device.kind = .smartphone }
    if device.kind == nil, holds(.puffinTablet) { device.kind = .tablet }
  }

  private func isTouchWindows(_ system: AgentDescription.System?) -> Bool {
    guard let system else { return false }
    return system.name == "Windows RT"
      || system.name == "Windows" && VersionText.compare(system.version, "8") >= 0
  }

  /// Tells televisions and desktops, also against what a list says.
  private func correctKind(
    of device: inout AgentDescription.Device, _ system: AgentDescription.System?,
    _ client: AgentDescription.Client?
  ) {
    if holds(.operaTelevision) { device.kind = .tv }
    if system?.name == "Coolita OS" { (device.kind, device.brand) = (.tv, "coocaa") }
    if system?.name == "VIDAA" { device.kind = .tv }
    if ![.tv, .wearable, .peripheral].contains(device.kind), holds(.androidTelevision) {
      device.kind = .tv
    }
    if device.kind == nil, holds(.tizenTelevision) { device.kind = .tv }
    if let client, rules.televisionClients.contains(client.name) { device.kind = .tv }
    if device.kind == nil, holds(.bracketTelevision) { device.kind = .tv }
    if holds(.desktop) { device.kind = .desktop }
    if device.kind == nil, isDesktop(system, client) { device.kind = .desktop }
  }

  private func isDesktop(
    _ system: AgentDescription.System?, _ client: AgentDescription.Client?
  ) -> Bool {
    guard let system, let family = rules.systemNames.family(of: system.name) else { return false }
    let isMobile = client?.browser.map { rules.mobileBrowsers.contains($0.code) } ?? false
    return !isMobile && rules.desktopFamilies.contains(family)
  }
}
