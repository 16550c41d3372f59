// The words of one-time passwords: short, known to everybody who has learnt some English, and none that sounds like another
// over a telephone. 256 of them, so that each stands for a byte.

export const WORDS: readonly string[] = `
  acorn actor album amber angle apple apron arrow aster atlas attic autumn badge bagel baker bamboo banana banjo
  barley basket beach beacon beaver beetle bench berry bicycle bishop blanket blossom bonnet border bottle bowl branch
  bread bridge bronze bucket butter button cabin cactus camel candle canyon carbon carpet carrot castle cattle cedar
  cello cement chapel cherry chess chimney cinema circus citrus clock clover cobalt coconut coffee comet compass copper
  coral corner cotton cousin cradle crayon crystal curtain cushion daisy dancer desert diamond dinner dolphin donkey
  dragon drawer eagle easel elbow elephant engine envelope falcon farmer feather fennel ferry fiddle finger flute
  forest fossil fountain galaxy garden garlic giraffe glacier glove goblet granite grape guitar hammer harbor hazel
  helmet hockey honey hotel iceberg igloo island ivory jacket jaguar jasmine jigsaw jungle kayak kettle kitchen kitten
  ladder lagoon lantern laurel lemon lettuce library lizard lobster magnet mango maple marble market meadow melon
  mermaid mirror monkey mountain muffin museum napkin nectar nephew noodle nutmeg oasis ocean olive onion orange
  orchard otter oyster paddle palace panda papaya parrot peanut pebble pelican pencil pepper piano pigeon pillow pirate
  planet plumber pocket poem pony poplar potato prairie pumpkin puppet puzzle pyramid quartz rabbit raccoon radish
  rainbow raven ribbon river robin rocket saddle salmon sandal sapphire satin scarf school seagull shadow shelter silver
  sister skate sleeve snowman soccer spider spinach sponge squirrel statue stream summer sunset swallow table teapot
  temple thimble thunder tiger timber tomato tortoise trumpet tulip tunnel turnip umbrella vanilla velvet village
  violin volcano waffle walnut walrus whistle willow window yogurt
`
  .trim()
  .split(/\s+/)
