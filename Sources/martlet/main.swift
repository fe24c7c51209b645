import Commands

await Martlet.main()
