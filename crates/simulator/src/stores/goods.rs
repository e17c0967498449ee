//! What shops sell: kinds of goods with sizes, packages and prices, made up but plausible.

/// A kind of goods that stand together.
pub(crate) struct Range {
    /// What all names of the range end in, with their usual price, minor units for 100 g.
    pub(crate) goods: &'static [(&'static str, u32)],
    /// Who makes them.
    pub(crate) brands: &'static [&'static str],
    /// In which kinds.
    pub(crate) kinds: &'static [&'static str],
    /// Net contents, grams or millilitres.
    pub(crate) sizes: &'static [u32],
    /// What they are packed in.
    pub(crate) pack: Pack,
}

/// A package: how much it adds to the net contents, and how much units differ.
#[derive(Clone, Copy)]
pub(crate) struct Pack {
    /// What the label measures in.
    pub(crate) unit: &'static str,
    /// Mass of the package for 1 g of contents, and at least, grams.
    pub(crate) ratio: f64,
    pub(crate) least_g: f64,
    /// Standard deviation of the mass of a unit, as a part of it. Assumed: fillers keep well within the tolerances of
    /// the European average system (directive 76/211/EEC), scales for fresh goods do not.
    pub(crate) spread: f64,
}

const CAN: Pack = Pack { unit: "ml", ratio: 0.045, least_g: 11.0, spread: 0.006 };
const BOTTLE: Pack = Pack { unit: "ml", ratio: 0.035, least_g: 16.0, spread: 0.006 };
const GLASS: Pack = Pack { unit: "g", ratio: 0.55, least_g: 90.0, spread: 0.012 };
const WINE: Pack = Pack { unit: "ml", ratio: 0.65, least_g: 180.0, spread: 0.015 };
const CARTON: Pack = Pack { unit: "ml", ratio: 0.03, least_g: 8.0, spread: 0.006 };
const TIN: Pack = Pack { unit: "g", ratio: 0.14, least_g: 25.0, spread: 0.009 };
const BAG: Pack = Pack { unit: "g", ratio: 0.02, least_g: 1.5, spread: 0.010 };
const BOX: Pack = Pack { unit: "g", ratio: 0.12, least_g: 6.0, spread: 0.010 };
const TUB: Pack = Pack { unit: "g", ratio: 0.05, least_g: 5.0, spread: 0.010 };
const FRESH: Pack = Pack { unit: "g", ratio: 0.03, least_g: 6.0, spread: 0.030 };
const WRAP: Pack = Pack { unit: "g", ratio: 0.02, least_g: 0.4, spread: 0.012 };
const BLISTER: Pack = Pack { unit: "g", ratio: 0.25, least_g: 2.0, spread: 0.010 };

/// All ranges, in the order of a walk through a shop.
pub(crate) const RANGES: &[Range] = &[
    Range {
        goods: &[("Still Water", 8), ("Sparkling Water", 9), ("Lemon Water", 12)],
        brands: &["Quellhof", "Monte Rio", "Northspring", "Aqua Vera"],
        kinds: &["", "Sport", "Medium"],
        sizes: &[330, 500, 750, 1000, 1500, 2000],
        pack: BOTTLE,
    },
    Range {
        goods: &[
            ("Cola", 25),
            ("Orange Soda", 24),
            ("Lemonade", 24),
            ("Ginger Ale", 30),
            ("Iced Tea", 26),
            ("Tonic", 34),
        ],
        brands: &["Fizzy Bear", "Rosalto", "Kolibri", "Good Neighbour"],
        kinds: &["", "Zero", "Cherry", "Light"],
        sizes: &[330, 500, 1000, 1500],
        pack: BOTTLE,
    },
    Range {
        goods: &[
            ("Energy Drink", 55),
            ("Cold Brew Coffee", 80),
            ("Craft Ale", 60),
            ("Lager", 45),
            ("Radler", 45),
            ("Cider", 55),
        ],
        brands: &["Volt", "Night Owl", "Hafenbräu", "Old Orchard"],
        kinds: &["", "Tropical", "Zero", "Extra"],
        sizes: &[250, 330, 500],
        pack: CAN,
    },
    Range {
        goods: &[
            ("Apple Juice", 30),
            ("Orange Juice", 38),
            ("Multivitamin Juice", 36),
            ("Tomato Juice", 34),
            ("Smoothie", 75),
        ],
        brands: &["Sunny Grove", "Obsthof Lenz", "Tre Fratelli"],
        kinds: &["", "Organic", "Mild"],
        sizes: &[200, 250, 330, 750, 1000],
        pack: CARTON,
    },
    Range {
        goods: &[
            ("Whole Milk", 13),
            ("Skimmed Milk", 12),
            ("Oat Drink", 20),
            ("Almond Drink", 24),
            ("Buttermilk", 16),
            ("Cream", 50),
        ],
        brands: &["Weidehof", "Nordlys", "Happy Herd"],
        kinds: &["", "Organic", "Lactose Free"],
        sizes: &[200, 250, 500, 1000],
        pack: CARTON,
    },
    Range {
        goods: &[
            ("Natural Yoghurt", 35),
            ("Strawberry Yoghurt", 45),
            ("Skyr", 55),
            ("Quark", 40),
            ("Rice Pudding", 45),
            ("Pudding", 40),
        ],
        brands: &["Weidehof", "Nordlys", "Happy Herd", "Alpenblick"],
        kinds: &["", "Vanilla", "Blueberry", "Peach", "Light"],
        sizes: &[125, 150, 200, 400, 500],
        pack: TUB,
    },
    Range {
        goods: &[
            ("Gouda", 110),
            ("Cheddar", 130),
            ("Feta", 120),
            ("Mozzarella", 100),
            ("Camembert", 110),
            ("Cream Cheese", 90),
        ],
        brands: &["Alpenblick", "De Molen", "La Ferme"],
        kinds: &["", "Mature", "Light", "Herbs"],
        sizes: &[125, 150, 200, 250, 400],
        pack: FRESH,
    },
    Range {
        goods: &[
            ("Cooked Ham", 160),
            ("Salami", 190),
            ("Smoked Turkey", 180),
            ("Frankfurters", 110),
            ("Bacon", 150),
        ],
        brands: &["Metzgerei Huber", "Casa Nonna", "Old Smokehouse"],
        kinds: &["", "Sliced", "Peppered", "Organic"],
        sizes: &[80, 100, 150, 200, 300],
        pack: FRESH,
    },
    Range {
        goods: &[
            ("Egg Sandwich", 190),
            ("Chicken Wrap", 210),
            ("Caesar Salad", 150),
            ("Sushi Box", 260),
            ("Pasta Salad", 120),
            ("Hummus", 110),
        ],
        brands: &["Fresh Corner", "Deli Lane", "Green Bowl"],
        kinds: &["", "Spicy", "Large", "Vegan"],
        sizes: &[150, 180, 220, 250, 300, 350],
        pack: FRESH,
    },
    Range {
        goods: &[
            ("Tomatoes", 45),
            ("Apples", 30),
            ("Bananas", 22),
            ("Grapes", 60),
            ("Carrots", 20),
            ("Mushrooms", 70),
            ("Spinach", 80),
        ],
        brands: &["Obsthof Lenz", "Sunny Grove", "Daily Green"],
        kinds: &["", "Organic", "Family Pack"],
        sizes: &[200, 250, 400, 500, 1000],
        pack: FRESH,
    },
    Range {
        goods: &[
            ("White Bread", 30),
            ("Rye Bread", 32),
            ("Bagels", 45),
            ("Croissants", 80),
            ("Muffins", 85),
            ("Tortillas", 50),
        ],
        brands: &["Backhaus", "Daily Oven", "Petit Four"],
        kinds: &["", "Wholemeal", "Chocolate", "Seeded"],
        sizes: &[200, 250, 300, 400, 500, 750],
        pack: BAG,
    },
    Range {
        goods: &[
            ("Spaghetti", 25),
            ("Penne", 25),
            ("Basmati Rice", 35),
            ("Red Lentils", 40),
            ("Wheat Flour", 12),
            ("Sugar", 14),
            ("Couscous", 38),
        ],
        brands: &["Tre Fratelli", "Mulino", "Golden Ear"],
        kinds: &["", "Organic", "Wholemeal"],
        sizes: &[250, 400, 500, 1000, 1500, 2500],
        pack: BAG,
    },
    Range {
        goods: &[
            ("Peeled Tomatoes", 28),
            ("Chickpeas", 26),
            ("Sweetcorn", 32),
            ("Tuna", 120),
            ("Kidney Beans", 26),
            ("Peaches", 35),
            ("Coconut Milk", 45),
        ],
        brands: &["Tre Fratelli", "Good Neighbour", "Mar Azul"],
        kinds: &["", "Organic", "Spicy", "Chopped"],
        sizes: &[140, 200, 240, 400, 800],
        pack: TIN,
    },
    Range {
        goods: &[
            ("Strawberry Jam", 70),
            ("Honey", 110),
            ("Pesto", 150),
            ("Gherkins", 40),
            ("Mustard", 60),
            ("Peanut Butter", 90),
            ("Olives", 90),
        ],
        brands: &["Grandma Rose", "Casa Nonna", "Imker Sohn"],
        kinds: &["", "Extra", "Organic", "Mild"],
        sizes: &[180, 200, 250, 340, 450],
        pack: GLASS,
    },
    Range {
        goods: &[
            ("Olive Oil", 130),
            ("Sunflower Oil", 35),
            ("Balsamic Vinegar", 80),
            ("Soy Sauce", 90),
            ("Maple Syrup", 190),
        ],
        brands: &["Casa Nonna", "Golden Ear", "Kyo"],
        kinds: &["", "Extra", "Organic"],
        sizes: &[150, 250, 500, 750],
        pack: WINE,
    },
    Range {
        goods: &[("Red Wine", 90), ("White Wine", 85), ("Sparkling Wine", 100), ("Rosé", 85)],
        brands: &["Val d'Or", "Rheinblick", "Bodega Sol", "Castello"],
        kinds: &["", "Reserve", "Dry", "Organic"],
        sizes: &[200, 750],
        pack: WINE,
    },
    Range {
        goods: &[
            ("Cornflakes", 60),
            ("Muesli", 65),
            ("Granola", 90),
            ("Porridge Oats", 30),
            ("Crispbread", 70),
        ],
        brands: &["Golden Ear", "Morning Glory", "Kornkraft"],
        kinds: &["", "Chocolate", "Berry", "Nut"],
        sizes: &[250, 375, 500, 750, 1000],
        pack: BOX,
    },
    Range {
        goods: &[("Ground Coffee", 160), ("Espresso Beans", 190), ("Instant Coffee", 420), ("Cocoa", 130)],
        brands: &["Kaffeemeister", "Bar Roma", "Night Owl"],
        kinds: &["", "Decaf", "Mild", "Organic"],
        sizes: &[100, 200, 250, 500, 1000],
        pack: BAG,
    },
    Range {
        goods: &[("Black Tea", 450), ("Green Tea", 500), ("Peppermint Tea", 420), ("Rooibos", 460)],
        brands: &["Lotus Hill", "Five o'Clock", "Kräuterhof"],
        kinds: &["", "Organic", "Lemon"],
        sizes: &[20, 35, 40, 50, 75],
        pack: BOX,
    },
    Range {
        goods: &[
            ("Potato Crisps", 120),
            ("Tortilla Chips", 95),
            ("Pretzels", 70),
            ("Popcorn", 130),
            ("Salted Peanuts", 90),
            ("Cashews", 240),
        ],
        brands: &["Crunchy Moon", "El Molino", "Nutty Friends", "Kesselhaus"],
        kinds: &["", "Paprika", "Sea Salt", "Sour Cream", "Hot Chilli"],
        sizes: &[30, 50, 75, 100, 150, 175, 250],
        pack: BAG,
    },
    Range {
        goods: &[
            ("Milk Chocolate", 120),
            ("Dark Chocolate", 140),
            ("Nougat", 150),
            ("Marzipan", 160),
            ("White Chocolate", 125),
        ],
        brands: &["Bernhard", "Cacao Club", "Lindner Hof", "Sweet Harbour"],
        kinds: &["", "Hazelnut", "Sea Salt", "Caramel", "Mint", "Orange"],
        sizes: &[35, 50, 85, 100, 150, 300],
        pack: WRAP,
    },
    Range {
        goods: &[
            ("Muesli Bar", 200),
            ("Protein Bar", 420),
            ("Fruit Bar", 260),
            ("Wafer", 150),
            ("Caramel Bar", 170),
        ],
        brands: &["Peak", "Morning Glory", "Sweet Harbour", "Iron Bite"],
        kinds: &["", "Chocolate", "Peanut", "Coconut", "Berry"],
        sizes: &[21, 25, 35, 40, 45, 50, 60],
        pack: WRAP,
    },
    Range {
        goods: &[
            ("Chewing Gum", 900),
            ("Mints", 700),
            ("Lollipop", 350),
            ("Liquorice", 300),
            ("Jelly Bears", 130),
        ],
        brands: &["Kiss", "Frosty", "Haribear", "Blue Fox"],
        kinds: &["", "Spearmint", "Strawberry", "Sugar Free", "Sour"],
        sizes: &[5, 7, 9, 12, 14, 18, 25, 35, 75, 100, 175],
        pack: WRAP,
    },
    Range {
        goods: &[
            ("Black Pepper", 700),
            ("Paprika", 500),
            ("Oregano", 900),
            ("Curry Powder", 550),
            ("Vanilla Sugar", 300),
            ("Dried Yeast", 450),
            ("Saffron", 9000),
        ],
        brands: &["Kräuterhof", "Bazaar", "Grandma Rose"],
        kinds: &["", "Ground", "Organic", "Mild"],
        sizes: &[6, 7, 8, 10, 12, 15, 18, 25, 40],
        pack: WRAP,
    },
    Range {
        goods: &[("Tomato Ketchup", 45), ("Mayonnaise", 55), ("BBQ Sauce", 70), ("Chilli Sauce", 80)],
        brands: &["Good Neighbour", "Old Smokehouse", "Bazaar"],
        kinds: &["", "Light", "Hot", "Organic"],
        sizes: &[250, 340, 500, 750],
        pack: BOTTLE,
    },
    Range {
        goods: &[
            ("Frozen Pizza", 70),
            ("Fish Fingers", 95),
            ("Garden Peas", 40),
            ("Berry Mix", 90),
            ("Vanilla Ice Cream", 70),
        ],
        brands: &["Casa Nonna", "Mar Azul", "Polar"],
        kinds: &["", "Family Pack", "Organic", "Spinach"],
        sizes: &[300, 350, 450, 500, 750, 1000],
        pack: BOX,
    },
    Range {
        goods: &[
            ("Butter Biscuits", 80),
            ("Chocolate Cookies", 90),
            ("Gingerbread", 95),
            ("Waffles", 85),
            ("Crackers", 75),
        ],
        brands: &["Petit Four", "Grandma Rose", "Sweet Harbour"],
        kinds: &["", "Hazelnut", "Lemon", "Mini"],
        sizes: &[75, 100, 125, 150, 200, 300, 400],
        pack: BOX,
    },
    Range {
        goods: &[
            ("Shampoo", 100),
            ("Shower Gel", 70),
            ("Hand Soap", 60),
            ("Body Lotion", 130),
            ("Sun Cream", 400),
        ],
        brands: &["Aloe & Co", "Blue Lagoon", "Kernseife"],
        kinds: &["", "Sensitive", "Fresh", "Men"],
        sizes: &[75, 150, 200, 250, 300, 400],
        pack: BOTTLE,
    },
    Range {
        goods: &[("Toothpaste", 280), ("Hand Cream", 350), ("Lip Balm", 2600), ("Deodorant", 300)],
        brands: &["Blue Lagoon", "Pearl", "Aloe & Co"],
        kinds: &["", "Sensitive", "Mint", "Kids"],
        sizes: &[5, 20, 50, 75, 100],
        pack: TUB,
    },
    Range {
        goods: &[
            ("Washing Liquid", 25),
            ("Dish Soap", 28),
            ("Fabric Softener", 22),
            ("Glass Cleaner", 30),
            ("Bathroom Cleaner", 32),
        ],
        brands: &["Blitz", "Kernseife", "Green Drop"],
        kinds: &["", "Lemon", "Sensitive", "Ultra"],
        sizes: &[500, 750, 1000, 1500, 2000],
        pack: BOTTLE,
    },
    Range {
        goods: &[
            ("Batteries AA", 1100),
            ("Batteries AAA", 1300),
            ("Lighter", 900),
            ("Plasters", 1400),
            ("Phone Cable", 3200),
            ("Ear Plugs", 2600),
            ("Matches", 200),
        ],
        brands: &["Volt", "Handy", "Doctor Bear"],
        kinds: &["", "Twin Pack", "Strong", "Value Pack"],
        sizes: &[6, 9, 12, 16, 24, 48, 92],
        pack: BLISTER,
    },
    Range {
        goods: &[("Dog Food", 35), ("Cat Food", 45), ("Cat Litter", 14), ("Bird Seed", 28)],
        brands: &["Happy Paws", "Whiskers & Co"],
        kinds: &["", "Beef", "Salmon", "Junior", "Senior"],
        sizes: &[85, 100, 400, 800, 1000, 2000, 2800],
        pack: TIN,
    },
];
